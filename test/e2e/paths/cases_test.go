package paths

import (
	"maps"

	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/daysix/daysix/internal/attackgraph"
)

func edgeCases() map[attackgraph.EdgeID]edgeCase {
	all := casesOfPods()
	for _, more := range []map[attackgraph.EdgeID]edgeCase{casesOfIdentities(), casesOfRights(), casesOfNodes(), casesOfScopes()} {
		maps.Copy(all, more)
	}
	return all
}

// group is that of roles and bindings.
const group = " in rbac.authorization.k8s.io"

func changes(c ...func(*corev1.PodSpec)) []func(*corev1.PodSpec) { return c }

// What a pod has in its hands, and what lies on its node.
func casesOfPods() map[attackgraph.EdgeID]edgeCase {
	return map[attackgraph.EdgeID]edgeCase{
		"HoldToken": {others: func(namespace string) []client.Object {
			return []client.Object{clusterAdmin(namespace+"-boss", accountSubject(namespace, "app"))}
		}, question: admin, says: []string{
			"Yes", holds, "ServiceAccount $/app => cluster-admin | AllRights: ClusterRoleBinding $-boss -> ClusterRole cluster-admin rules[0]",
		}},
		"TakeNode": {web: changes(privileged), question: control, says: []string{"Yes", takes}},
		"ReadNode": {web: changes(hostPath("/var/lib/kubelet"), asRoot), others: boss("$"), question: admin, says: []string{
			"Yes", "Pod $/web => files of Node $ | ReadNode: spec.volumes[0].hostPath.path",
			"files of Node $ => ServiceAccount $/boss | TokenOnNode: Pod $/chief: its token lies on the node", bossAll,
		}},
		"MountSecret": {web: changes(secret("api")), question: secrets, says: []string{
			"Yes", "Pod $/web => Secret $/api | MountSecret: a container mounts it or has it in its environment",
		}},
		"ControlPlaneNode": {web: changes(privileged), node: []func(*corev1.Node){controlPlane}, question: admin, says: []string{
			"Yes", takes, "root on Node $ => cluster-admin | ControlPlaneNode: the node carries the label of the control plane",
		}},
		"TokenOnNode": {web: changes(privileged), others: boss("$"), question: admin, says: []string{
			"Yes", takes, "root on Node $ => ServiceAccount $/boss | TokenOnNode: Pod $/chief: its token lies on the node", bossAll,
		}},
		"KubeletIdentity": {web: changes(privileged), others: func(namespace string) []client.Object {
			return []client.Object{clusterAdmin(namespace, userSubject("system:node:"+namespace))}
		}, question: admin, says: []string{
			"Yes", takes, "root on Node $ => kubelet of Node $ | KubeletIdentity: the kubelet's credential is a file of the node",
			"kubelet of Node $ => cluster-admin | AllRights: ClusterRoleBinding $ -> ClusterRole cluster-admin rules[0]",
		}},
		"SecretOnNode": {web: changes(privileged), others: func(namespace string) []client.Object {
			return []client.Object{account(namespace, "ledger"), pod(namespace, "ledger", "ledger", namespace, pulls("registry"))}
		}, question: secrets, says: []string{
			"Yes", takes, "root on Node $ => Secret $/registry | SecretOnNode: Pod $/ledger: it needs the Secret",
		}},
		"StaticPod": {web: changes(privileged), question: newPods, says: []string{
			"Yes", takes, "root on Node $ => static pods | StaticPod: the kubelet runs the manifests in its directory",
		}},
	}
}

// Roles, bindings and other identities.
func casesOfIdentities() map[attackgraph.EdgeID]edgeCase {
	return map[attackgraph.EdgeID]edgeCase{
		"AllRights":    toAdmin("AllRights", "cluster: * * in *"),
		"EscalateRole": toAdmin("EscalateRole", "cluster: escalate,update clusterroles"+group),
		"BindRole":     toAdmin("BindRole", "cluster: bind clusterroles"+group, "cluster: create clusterrolebindings"+group),
		"Impersonate": {
			rights: []string{"$: impersonate serviceaccounts named boss"}, others: boss(elsewhere), question: admin,
			says: []string{"Yes", holds, "ServiceAccount $/app => ServiceAccount $/boss | Impersonate" + byRole, bossAll},
		},
		"RequestToken":    toAccounts("RequestToken", "$: create serviceaccounts/token"),
		"MintTokenSecret": toAccounts("MintTokenSecret", "$: create,list secrets"),
		"IssueClientCertificate": {rights: []string{
			"cluster: create certificatesigningrequests in certificates.k8s.io",
			"cluster: update certificatesigningrequests/approval in certificates.k8s.io",
			"cluster: approve signers in certificates.k8s.io named kubernetes.io/kube-apiserver-client",
		}, question: admin, says: []string{
			"Yes", holds, "ServiceAccount $/app => any ServiceAccount in all namespaces | IssueClientCertificate" + byRules, anywhere, bossOf,
		}},
		"MapCloudIdentity": {
			rights: []string{"kube-system: update configmaps named aws-auth"}, node: []func(*corev1.Node){onAWS}, question: admin,
			says: []string{"Conditional", holds, "ServiceAccount $/app => cluster-admin | MapCloudIdentity: RoleBinding kube-system/$ -> " +
				"Role kube-system/$ rules[0] (if: The cluster must be EKS and read aws-auth.)"},
		},
		"ServiceAccountInScope": toAccounts("Impersonate", "$: impersonate serviceaccounts"),
		"RewriteObjects": {
			rights: []string{"cluster: create mutatingwebhookconfigurations in admissionregistration.k8s.io"}, question: admin,
			says: []string{"Conditional", holds, "ServiceAccount $/app => cluster-admin | RewriteObjects" + byRules +
				" (if: The holder must run an endpoint that the API server can call: a pod is enough.)"},
		},
		"RedirectNodeProxy": toAdmin("RedirectNodeProxy", "cluster: get nodes/proxy", "cluster: patch nodes/status"),
	}
}

// Pods that run, and Secrets.
func casesOfRights() map[attackgraph.EdgeID]edgeCase {
	const old = " (if: The API server must be older than 1.35, or let WebSocket requests in with get.)"
	return map[attackgraph.EdgeID]edgeCase{
		"ExecIntoPods": {rights: []string{"$: create pods/exec named chief"}, others: boss(elsewhere), question: admin, says: []string{
			"Yes", holds, "ServiceAccount $/app => Pod $/chief | ExecIntoPods" + byRole, chief, bossAll,
		}},
		"AddEphemeralContainer": {rights: []string{"$: patch pods/ephemeralcontainers named chief"}, others: boss(elsewhere), question: control, says: []string{
			"Yes", holds, "ServiceAccount $/app => root on Node " + elsewhere + " | AddEphemeralContainer" + byRole,
		}},
		"PodInScope":         toPods("ExecIntoPods", "Yes", "", "$: create pods/exec"),
		"ReplaceImage":       toPods("ReplaceImage", "Yes", "", "$: patch pods"),
		"AttachToPods":       toPods("AttachToPods", "Conditional", " (if: The container must have standard input open.)", "$: create pods/attach"),
		"ConnectToPodsByGet": toPods("ConnectToPodsByGet", "Conditional", old, "$: get pods/exec"),
		"ProxyToNodes": {rights: []string{"cluster: get nodes/proxy"}, question: admin, says: []string{
			"Yes", holds, "ServiceAccount $/app => any pod in all namespaces | ProxyToNodes" + byRules,
			"any pod in all namespaces => ReplicaSet.apps above/chief | PodInScope: its pods are in scope", chiefOf, bossOf,
		}},
		"ReadSecrets": {rights: []string{"$: list secrets"}, question: secrets, says: []string{
			"Yes", holds, "ServiceAccount $/app => all Secrets in $ | ReadSecrets" + byRole,
		}},
		"TokenSecret": {rights: []string{"$: get secrets"}, others: boss(elsewhere), question: admin, says: []string{
			"Conditional", holds, "ServiceAccount $/app => all Secrets in $ | ReadSecrets" + byRole,
			"all Secrets in $ => ServiceAccount $/boss | TokenSecret: a token Secret holds its token (if: A token Secret of the ServiceAccount must exist.)", bossAll,
		}},
		"CheckpointContainers": {rights: []string{"cluster: create nodes/checkpoint"}, question: secrets, says: []string{
			"Conditional", holds, "ServiceAccount $/app => all Secrets in all namespaces | CheckpointContainers" + byRules +
				" (if: The holder must be able to read the checkpoint on the node.)",
		}},
	}
}

// New pods, and nodes.
func casesOfNodes() map[attackgraph.EdgeID]edgeCase {
	const stolen = " (if: The pods must be able to run on the node that it controls.)"
	return map[attackgraph.EdgeID]edgeCase{
		"CreatePods": {rights: []string{"$: create pods"}, restricted: true, others: boss(elsewhere), question: admin, says: []string{
			"Yes", holds, "ServiceAccount $/app => new pods in $ | CreatePods" + byRole,
			"new pods in $ => any ServiceAccount in $ | UseInNewPod: a pod may ask for anything in its namespace", asBoss, bossAll,
		}},
		"CreateCustomResource": {rights: []string{"$: create workflows in argoproj.io"}, question: newPods, says: []string{
			"Conditional", holds, "ServiceAccount $/app => new pods in $ | CreateCustomResource" + byRole +
				" (if: The controller of the kind must run; its ServiceAccount and its settings decide.)",
		}},
		"PlacePrivilegedPod":  toNodes("PlacePrivilegedPod", false, byRole, "$: create deployments in apps"),
		"LowerPodSecurity":    toNodes("LowerPodSecurity", true, byRole, "$: update namespaces", "$: create pods"),
		"MountHostPathVolume": toNodes("MountHostPathVolume", true, byRules, "cluster: create persistentvolumes", "$: create pods"),
		"ReadNodeLogs": {rights: []string{"cluster: get nodes/log"}, question: admin, says: []string{
			"Conditional", holds, "ServiceAccount $/app => files of any node | ReadNodeLogs" + byRules +
				" (if: A pod must be able to write into /var/log of the node.)",
			"files of any node => files of Node controlplanenode | NodeInCluster: the node is in the cluster",
			"files of Node controlplanenode => cluster-admin | ControlPlaneNode: the node carries the label of the control plane",
		}},
		"StealPods": {
			web: changes(privileged), rights: []string{"cluster: patch nodes", "$: delete pods"}, others: stealable, question: admin,
			says: []string{
				"Conditional", holds, "ServiceAccount $/app => pods in $ on its own node | StealPods" + byRules + stolen,
				"pods in $ on its own node => ServiceAccount $/boss | TakeStolenPod: ReplicaSet.apps $/chief: the scheduler may place its pods anew",
				bossAll,
			},
		},
		"TakeStolenPod": {
			web: changes(privileged), rights: []string{"cluster: patch nodes"}, question: admin,
			says: []string{
				"Conditional", holds, "ServiceAccount $/app => pods in all namespaces on its own node | StealPods" + byRules + stolen,
				"pods in all namespaces on its own node => ServiceAccount above/boss | TakeStolenPod: ReplicaSet.apps above/chief: " +
					"the scheduler may place its pods anew",
				bossOf,
			},
		},
		"NodeInCluster": {rights: []string{"$: create pods"}, question: admin, says: []string{
			"Yes", holds, "ServiceAccount $/app => root on any node | PlacePrivilegedPod" + byRole,
			"root on any node => root on Node controlplanenode | NodeInCluster: the node is in the cluster",
			"root on Node controlplanenode => cluster-admin | ControlPlaneNode: the node carries the label of the control plane",
		}},
		"NodeOfPods": {rights: []string{"$: patch pods/ephemeralcontainers"}, others: boss(elsewhere), question: control, says: []string{
			"Yes", holds, "ServiceAccount $/app => root on the nodes of pods in $ | AddEphemeralContainer" + byRole,
			"root on the nodes of pods in $ => root on Node " + elsewhere + " | NodeOfPods: Pod $/chief: it runs on the node",
		}},
	}
}

// Scopes, and what they stand for.
func casesOfScopes() map[attackgraph.EdgeID]edgeCase {
	return map[attackgraph.EdgeID]edgeCase{
		"RuleCluster": {
			rights:   []string{"cluster: bind clusterroles" + group, "cluster: create clusterrolebindings" + group},
			question: control, says: []string{
				"Yes", holds, "ServiceAccount $/app => cluster-admin | BindRole" + byRules,
				"cluster-admin => root on any node | RuleCluster: cluster-admin may do everything",
			},
		},
		"OwnNamespace": {
			rights:     []string{"$: bind clusterroles" + group, "$: create rolebindings" + group},
			restricted: true, question: secrets, says: []string{
				"Yes", holds, "ServiceAccount $/app => everything in $ | BindRole" + byRole,
				"everything in $ => all Secrets in $ | OwnNamespace: everything in the namespace is allowed",
			},
		},
		"UseInNewPod": {rights: []string{"$: create jobs in batch"}, restricted: true, question: secrets, says: []string{
			"Yes", holds, "ServiceAccount $/app => new pods in $ | CreatePods" + byRole,
			"new pods in $ => all Secrets in $ | UseInNewPod: a pod may ask for anything in its namespace",
		}},
	}
}
