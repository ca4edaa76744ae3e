package attackgraph

import (
	"slices"
	"strings"
	"testing"

	"github.com/daysix/daysix/internal/finding"
)

// edgeCase is a tiny cluster in which the shortest way from the workload web to an answer takes the edge.
type edgeCase struct {
	facts    func(*Graph)
	question string
	verdict  finding.Verdict
	path     []string
}

// start is where every case starts: a pod on node a with the token of shop/app.
var start = deployment("shop", "web")

const (
	isOnA    = "Deployment.apps shop/web =TakeNode=> root on Node a | " + privileged + " | shop/web-1"
	holds    = "Deployment.apps shop/web =HoldToken=> ServiceAccount shop/app | a container holds its token"
	byB      = " | ClusterRoleBinding b -> ClusterRole r rules[0]"
	byShopB  = " | RoleBinding shop/b -> ClusterRole r rules[0]"
	bossAll  = "ServiceAccount shop/boss =AllRights=> cluster-admin" + byB
	bossHere = "any ServiceAccount in shop =ServiceAccountInScope=> ServiceAccount shop/boss | the ServiceAccount is in scope"
	chief    = "Deployment.apps shop/chief =HoldToken=> ServiceAccount shop/boss | a container holds its token"
	inShop   = "any pod in shop =PodInScope=> Deployment.apps shop/chief | its pods are in scope"
	anywhere = "any pod in all namespaces =PodInScope=> Deployment.apps shop/chief | its pods are in scope"
	oneChief = "Pod shop/chief-1 =HoldToken=> ServiceAccount shop/boss | a container holds its token"
)

// web puts the start into the graph, with what its ServiceAccount may do.
func web(g *Graph, options []func(*Group), effects ...Effect) {
	g.SetNode("a", Node{})
	g.SetNode("b", Node{})
	g.SetWorkload(start, one(append([]func(*Group){on("web-1@a"), token("app")}, options...)...))
	g.SetServiceAccount("shop", "app", effects)
}

// chiefOn is another workload of the namespace, whose ServiceAccount is cluster-admin.
func chiefOn(g *Graph, options ...func(*Group)) {
	g.SetServiceAccount("shop", "boss", []Effect{may("RBACClusterAdmin", finding.ClusterAdmin, "")})
	g.SetWorkload(deployment("shop", "chief"), one(append([]func(*Group){token("boss")}, options...)...))
}

// gives is a cluster in which web has one right, and chief is on the other node.
func gives(effects ...Effect) func(*Graph) {
	return func(g *Graph) {
		web(g, nil, effects...)
		chiefOn(g, on("chief-1@b"))
	}
}

func edgeCases() map[EdgeID]edgeCase {
	const admin, control, secrets, newPods = "BecomeClusterAdmin", "ControlNode", "ReadSecrets", "CreatePods"
	const podsHere, podsAll = finding.PodsOfNamespace, finding.PodsOfCluster
	const yes, perhaps = finding.Yes, finding.Conditional
	toAdmin := func(edge EdgeID, privilege finding.CheckID) edgeCase {
		return edgeCase{gives(may(privilege, finding.ClusterAdmin, "")), admin, yes, []string{
			holds, "ServiceAccount shop/app =" + string(edge) + "=> cluster-admin" + byB,
		}}
	}
	toNodes := func(edge EdgeID, privilege finding.CheckID) edgeCase {
		return edgeCase{gives(may(privilege, finding.NodeRoot, "shop")), control, yes, []string{
			holds, "ServiceAccount shop/app =" + string(edge) + "=> root on any node" + byShopB,
		}}
	}
	toPods := func(edge EdgeID, privilege finding.CheckID) edgeCase {
		return edgeCase{gives(may(privilege, podsHere, "shop")), admin, yes, []string{
			holds, "ServiceAccount shop/app =" + string(edge) + "=> any pod in shop" + byShopB, inShop, chief, bossAll,
		}}
	}
	toAccounts := func(edge EdgeID, privilege finding.CheckID) edgeCase {
		return edgeCase{gives(may(privilege, podsHere, "shop")), admin, yes, []string{
			holds, "ServiceAccount shop/app =" + string(edge) + "=> any ServiceAccount in shop" + byShopB, bossHere, bossAll,
		}}
	}
	return map[EdgeID]edgeCase{
		"HoldToken": toAdmin("AllRights", "RBACClusterAdmin"),
		"TakeNode":  {func(g *Graph) { web(g, []func(*Group){root}) }, control, yes, []string{isOnA}},
		"ReadNode": {func(g *Graph) {
			web(g, []func(*Group){read("The disk must be readable.")})
			chiefOn(g, on("chief-1@a"))
		}, admin, perhaps, []string{
			"Deployment.apps shop/web =ReadNode=> files of Node a | " + hostPath + " | shop/web-1 | if: The disk must be readable.",
			"files of Node a =TokenOnNode=> ServiceAccount shop/boss | Deployment.apps shop/chief: its token lies on the node | shop/chief-1",
			bossAll,
		}},
		"MountSecret": {func(g *Graph) { web(g, []func(*Group){mounts("db", "api")}) }, secrets, yes, []string{
			"Deployment.apps shop/web =MountSecret=> Secret shop/api | a container mounts it or has it in its environment",
		}},
		"ControlPlaneNode": {func(g *Graph) {
			web(g, []func(*Group){root})
			g.SetNode("a", Node{ControlPlane: true})
		}, admin, yes, []string{
			isOnA, "root on Node a =ControlPlaneNode=> cluster-admin | the node carries the label of the control plane",
		}},
		"TokenOnNode": {func(g *Graph) {
			web(g, []func(*Group){root})
			chiefOn(g, on("chief-1@a", "chief-2@b"))
		}, admin, yes, []string{
			isOnA,
			"root on Node a =TokenOnNode=> ServiceAccount shop/boss | Deployment.apps shop/chief: its token lies on the node | shop/chief-1",
			bossAll,
		}},
		"KubeletIdentity": {func(g *Graph) {
			web(g, []func(*Group){root})
			g.SetNode("a", Node{Kubelet: []Effect{may("RBACClusterAdmin", finding.ClusterAdmin, "").by("ClusterRoleBinding nodes")}})
		}, admin, yes, []string{
			isOnA, "root on Node a =KubeletIdentity=> kubelet of Node a | the kubelet's credential is a file of the node",
			"kubelet of Node a =AllRights=> cluster-admin | ClusterRoleBinding nodes -> ClusterRole r rules[0]",
		}},
		"SecretOnNode": {func(g *Graph) {
			web(g, []func(*Group){root})
			g.SetWorkload(deployment("bank", "ledger"), one(on("ledger-1@a"), pulls("registry")))
			g.SetWorkload(deployment("bank", "teller"), one(on("teller-1@b"), mounts("pin")))
		}, secrets, yes, []string{
			isOnA, "root on Node a =SecretOnNode=> Secret bank/registry | Deployment.apps bank/ledger: it needs the Secret | bank/ledger-1",
		}},
		"StaticPod": {func(g *Graph) { web(g, []func(*Group){root}) }, newPods, yes, []string{
			isOnA, "root on Node a =StaticPod=> static pods | the kubelet runs the manifests in its directory",
		}},
		"HaveRights":   toAdmin("AllRights", "RBACClusterAdmin"), // It is no step of its own: see the test of paths.
		"AllRights":    toAdmin("AllRights", "RBACClusterAdmin"),
		"EscalateRole": toAdmin("EscalateRole", "RBACEscalateClusterRoles"),
		"BindRole":     toAdmin("BindRole", "RBACBindClusterRolesInCluster"),
		"Impersonate": {gives(may("RBACImpersonateServiceAccounts", podsAll, "", "boss").when("What they may do decides.")), admin, yes, []string{
			holds, "ServiceAccount shop/app =Impersonate=> ServiceAccount shop/boss" + byB, bossAll,
		}},
		"RequestToken":           toAccounts("RequestToken", "RBACRequestTokens"),
		"MintTokenSecret":        toAccounts("MintTokenSecret", "RBACMintTokenSecrets"),
		"IssueClientCertificate": toAdmin("IssueClientCertificate", "RBACIssueClientCertificates"),
		"MapCloudIdentity":       toAdmin("MapCloudIdentity", "RBACMapAWSIdentities"),
		"ExecIntoPods": {gives(may("RBACExecIntoPods", podsHere, "shop", "chief-1", "nobody-1")), admin, yes, []string{
			holds, "ServiceAccount shop/app =ExecIntoPods=> Pod shop/chief-1" + byShopB, oneChief, bossAll,
		}},
		"AddEphemeralContainer": {gives(
			may("RBACAddEphemeralContainers", podsHere, "shop", "chief-1"), may("RBACAddEphemeralContainers", finding.NodeRoot, "shop", "chief-1"),
		), control, yes, []string{
			holds, "ServiceAccount shop/app =AddEphemeralContainer=> root on Node b" + byShopB,
		}},
		"ReplaceImage":       toPods("ReplaceImage", "RBACUpdatePods"),
		"AttachToPods":       toPods("AttachToPods", "RBACAttachToPods"),
		"ConnectToPodsByGet": toPods("ConnectToPodsByGet", "RBACConnectToPodsByGet"),
		"ProxyToNodes": {gives(may("RBACProxyToNodes", podsAll, "")), admin, yes, []string{
			holds, "ServiceAccount shop/app =ProxyToNodes=> any pod in all namespaces" + byB, anywhere, chief, bossAll,
		}},
		"CreatePods": {gives(may("RBACCreatePods", podsHere, "shop", "no", "limit")), admin, yes, []string{
			holds, "ServiceAccount shop/app =CreatePods=> new pods in shop" + byShopB,
			"new pods in shop =UseInNewPod=> any ServiceAccount in shop | a pod may ask for anything in its namespace", bossHere, bossAll,
		}},
		"CreateCustomResource": {gives(may("RBACCreateCustomResources", podsHere, "shop").when("The controller must run.")), newPods, perhaps, []string{
			holds, "ServiceAccount shop/app =CreateCustomResource=> new pods in shop" + byShopB + " | if: The controller must run.",
		}},
		"PlacePrivilegedPod":  toNodes("PlacePrivilegedPod", "RBACCreateWorkloads"),
		"LowerPodSecurity":    toNodes("LowerPodSecurity", "RBACLowerPodSecurity"),
		"MountHostPathVolume": toNodes("MountHostPathVolume", "RBACMountHostPathVolumes"),
		"RedirectNodeProxy":   toAdmin("RedirectNodeProxy", "RBACRedirectNodeProxy"),
		"ReadNodeLogs": {gives(may("RBACReadNodeLogs", finding.NodeRead, "").when("A link must lie in /var/log.")), admin, perhaps, []string{
			holds, "ServiceAccount shop/app =ReadNodeLogs=> files of any node" + byB + " | if: A link must lie in /var/log.",
			"files of any node =NodeInCluster=> files of Node b | the node is in the cluster",
			"files of Node b =TokenOnNode=> ServiceAccount shop/boss | Deployment.apps shop/chief: its token lies on the node | shop/chief-1",
			bossAll,
		}},
		"StealPods": {func(g *Graph) {
			web(g, []func(*Group){root}, may("RBACStealPods", podsHere, "shop").when("It must control a node."))
			chiefOn(g, on("chief-1@b"))
		}, admin, perhaps, []string{
			holds,
			"ServiceAccount shop/app =StealPods=> pods in shop on its own node" + byShopB +
				" | if: The pods must be able to run on the node that it controls.",
			"pods in shop on its own node =TakeStolenPod=> ServiceAccount shop/boss | Deployment.apps shop/chief: " +
				"the scheduler may place its pods anew | shop/chief-1",
			bossAll,
		}},
		"ReadSecrets": {gives(may("RBACListSecrets", finding.SecretsOfNamespace, "shop")), secrets, yes, []string{
			holds, "ServiceAccount shop/app =ReadSecrets=> all Secrets in shop" + byShopB,
		}},
		"TokenSecret": {gives(may("RBACReadSecrets", finding.SecretsOfCluster, "")), admin, perhaps, []string{
			holds, "ServiceAccount shop/app =ReadSecrets=> all Secrets in all namespaces" + byB,
			"all Secrets in all namespaces =TokenSecret=> ServiceAccount shop/boss | a token Secret holds its token" +
				" | if: A token Secret of the ServiceAccount must exist.",
			bossAll,
		}},
		"CheckpointContainers": {gives(may("RBACCheckpointContainers", finding.SecretsOfCluster, "").when("The node must be readable.")), secrets, perhaps, []string{
			holds, "ServiceAccount shop/app =CheckpointContainers=> all Secrets in all namespaces" + byB + " | if: The node must be readable.",
		}},
		"RewriteObjects": toAdmin("RewriteObjects", "RBACWriteMutatingWebhooks"),
		"RuleCluster": {gives(may("RBACClusterAdmin", finding.ClusterAdmin, "")), control, yes, []string{
			holds, "ServiceAccount shop/app =AllRights=> cluster-admin" + byB,
			"cluster-admin =RuleCluster=> root on any node | cluster-admin may do everything",
		}},
		"OwnNamespace": {gives(may("RBACClusterAdmin", podsHere, "shop")), secrets, yes, []string{
			holds, "ServiceAccount shop/app =AllRights=> everything in shop" + byShopB,
			"everything in shop =OwnNamespace=> all Secrets in shop | everything in the namespace is allowed",
		}},
		"PodInScope":            toPods("ReplaceImage", "RBACUpdatePods"),
		"ServiceAccountInScope": toAccounts("RequestToken", "RBACRequestTokens"),
		"UseInNewPod": {gives(may("RBACCreateWorkloads", podsHere, "shop")), secrets, yes, []string{
			holds, "ServiceAccount shop/app =CreatePods=> new pods in shop" + byShopB,
			"new pods in shop =UseInNewPod=> all Secrets in shop | a pod may ask for anything in its namespace",
		}},
		"NodeInCluster": {func(g *Graph) {
			gives(may("RBACCreatePods", finding.NodeRoot, "shop"))(g)
			g.SetNode("b", Node{ControlPlane: true})
		}, admin, yes, []string{
			holds, "ServiceAccount shop/app =PlacePrivilegedPod=> root on any node" + byShopB,
			"root on any node =NodeInCluster=> root on Node b | the node is in the cluster",
			"root on Node b =ControlPlaneNode=> cluster-admin | the node carries the label of the control plane",
		}},
		"NodeOfPods": {func(g *Graph) {
			web(g, nil, may("RBACAddEphemeralContainers", finding.NodeRoot, "bank"))
			g.SetWorkload(deployment("bank", "teller"), one(on("teller-1@b")))
		}, control, yes, []string{
			holds, "ServiceAccount shop/app =AddEphemeralContainer=> root on the nodes of pods in bank | RoleBinding bank/b -> ClusterRole r rules[0]",
			"root on the nodes of pods in bank =NodeOfPods=> root on Node b | Deployment.apps bank/teller: it runs on the node | bank/teller-1",
		}},
		"TakeStolenPod": {func(g *Graph) {
			web(g, []func(*Group){root}, may("RBACWriteNodes", podsAll, "").when("It must control a node."))
			chiefOn(g, on("chief-1@b"), placed(Pinned))
			g.SetServiceAccount("bank", "vault", []Effect{may("RBACClusterAdmin", finding.ClusterAdmin, "")})
			g.SetWorkload(deployment("bank", "teller"), one(on("teller-1@b"), token("vault")))
		}, admin, perhaps, []string{
			holds,
			"ServiceAccount shop/app =StealPods=> pods in all namespaces on its own node" + byB +
				" | if: The pods must be able to run on the node that it controls.",
			"pods in all namespaces on its own node =TakeStolenPod=> ServiceAccount bank/vault | Deployment.apps bank/teller: " +
				"the scheduler may place its pods anew | bank/teller-1",
			"ServiceAccount bank/vault =AllRights=> cluster-admin" + byB,
		}},
	}
}

func TestEveryEdgeIsTheShortestWayInItsCluster(t *testing.T) {
	cases := edgeCases()
	for _, e := range Registry() {
		t.Run(string(e.ID), func(t *testing.T) {
			c, ok := cases[e.ID]
			if !ok {
				t.Fatal("the edge has no case")
			}
			g := New()
			c.facts(g)
			a := answersOf(t, g.Solve(), start)
			answer := a.all()[c.question]
			if answer.Verdict != c.verdict {
				t.Errorf("%s is %s, want %s", c.question, answer.Verdict, c.verdict)
			}
			wantPath(t, answer, c.path...)
			taken := string(e.ID)
			if e.flags&noStep == 0 && !slices.ContainsFunc(c.path, func(line string) bool { return strings.Contains(line, "="+taken+"=>") }) {
				t.Errorf("the path of the case does not take %s", taken)
			}
		})
	}
	if len(cases) != len(Registry()) {
		t.Errorf("%d cases for %d edges", len(cases), len(Registry()))
	}
}

// otherKinds is a cluster with the edges that the cases leave out: those between other kinds of vertices.
func otherKinds(g *Graph) {
	const perhaps = "Perhaps."
	web(g, []func(*Group){root, read(perhaps), mounts("boss-token")},
		may("RBACExecIntoPods", finding.PodsOfNamespace, "shop", "chief-1"), may("RBACClusterAdmin", finding.PodsOfNamespace, "bank"),
		may("RBACEscalateRoles", finding.PodsOfNamespace, "bank"), may("RBACBindRoles", finding.PodsOfNamespace, "bank"),
		may("RBACImpersonateServiceAccounts", finding.PodsOfCluster, ""), may("RBACImpersonateGroups", finding.ClusterAdmin, ""),
		may("RBACRequestTokens", finding.PodsOfNamespace, "shop", "boss"), may("RBACIssueClientCertificates", finding.PodsOfCluster, ""),
		may("RBACProxyToNodes", finding.PodsOfCluster, "", "b"), may("RBACReadNodeLogs", finding.NodeRead, "", "b"),
		may("RBACReadSecrets", finding.ValuableSecret, "", "boss-token"), may("RBACCreateCustomResources", finding.ClusterAdmin, ""),
		may("RBACWriteValidatingWebhooks", finding.SecretsOfCluster, ""), may("RBACAddEphemeralContainers", finding.PodsOfNamespace, "shop"),
		may("RBACAddEphemeralContainers", finding.PodsOfNamespace, "shop", "chief-1"), may("RBACAddEphemeralContainers", finding.NodeRoot, "shop"),
		may("RBACUpdatePods", finding.PodsOfNamespace, "shop", "chief-1"), may("RBACAttachToPods", finding.PodsOfNamespace, "shop", "chief-1"),
		may("RBACConnectToPodsByGet", finding.PodsOfNamespace, "shop", "chief-1"), may("RBACExecIntoPods", finding.PodsOfNamespace, "shop"),
		may("RBACAddEphemeralContainers", finding.NodeRoot, "shop", "chief-1"), may("RBACReadNodeLogs", finding.NodeRead, ""),
		may("RBACListSecrets", finding.SecretsOfNamespace, "shop"),
	)
	chiefOn(g, on("chief-1@b"), root, read(""), mounts("boss-token"))
	g.SetSecrets("shop", []Secret{{Name: "boss-token", TokenOf: "boss"}})
	for _, name := range []string{"a", "b"} {
		g.SetNode(name, Node{ControlPlane: true, Kubelet: []Effect{may("RBACClusterAdmin", finding.ClusterAdmin, "")}})
	}
}
