package rbac

import (
	"slices"

	"github.com/daysix/daysix/internal/finding"
)

// peerRow is a rule of another tool: rights that it warns of, and the privileges that we find in them. Rows about a
// special subject name its row of the catalogue instead.
type peerRow struct {
	peer, name string
	given      []string
	want       []finding.CheckID
	principal  string
}

func peerRows() []peerRow {
	return slices.Concat(kubeHoundRows(), iceKubeRows(), rbacPoliceRows(), kubiScanRows(), rbacToolRows(), kubescapeRows())
}

func kubeHoundRows() []peerRow {
	return []peerRow{
		{"KubeHound", "CE_VAR_LOG_SYMLINK", []string{"get pods/log"}, []finding.CheckID{"RBACReadPodLogs"}, ""},
		{"KubeHound", "IDENTITY_IMPERSONATE", []string{"impersonate users,groups"}, []finding.CheckID{"RBACImpersonateUsers", "RBACImpersonateGroups"}, ""},
		{"KubeHound", "POD_CREATE", []string{"create pods"}, []finding.CheckID{"RBACCreatePods"}, ""},
		{"KubeHound", "POD_EXEC", []string{"create pods/exec"}, []finding.CheckID{"RBACExecIntoPods"}, ""},
		{"KubeHound", "POD_PATCH", []string{"patch pods"}, []finding.CheckID{"RBACUpdatePods"}, ""},
		{"KubeHound", "ROLE_BIND", []string{"create clusterrolebindings,rolebindings in rbac.authorization.k8s.io", "bind clusterroles,roles in rbac.authorization.k8s.io"}, []finding.CheckID{"RBACBindClusterRolesInCluster", "RBACBindClusterRolesInNamespace", "RBACBindRoles"}, ""},
		{"KubeHound", "TOKEN_BRUTEFORCE", []string{"get secrets"}, []finding.CheckID{"RBACReadSecrets"}, ""},
		{"KubeHound", "TOKEN_LIST", []string{"watch secrets"}, []finding.CheckID{"RBACListSecrets"}, ""},
	}
}

func iceKubeRows() []peerRow {
	return []peerRow{
		{"IceKube", "CREATE_POD_WITH_SA", []string{"create pods,replicationcontrollers", "create daemonsets in apps"}, []finding.CheckID{"RBACCreatePods", "RBACCreateWorkloads"}, ""},
		{"IceKube", "CREATE_PRIVILEGED_WORKLOAD", []string{"team: create deployments in apps"}, []finding.CheckID{"RBACCreateWorkloads"}, ""},
		{"IceKube", "PATCH_NAMESPACE_TO_BYPASS_PSA", []string{"team: patch namespaces", "team: create jobs in batch"}, []finding.CheckID{"RBACLowerPodSecurity"}, ""},
		{"IceKube", "UPDATE_WORKLOAD_WITH_SA", []string{"patch statefulsets in apps"}, []finding.CheckID{"RBACUpdateWorkloads"}, ""},
		{"IceKube", "EXEC_INTO", []string{"create pods/exec"}, []finding.CheckID{"RBACExecIntoPods"}, ""},
		{"IceKube", "REPLACE_IMAGE", []string{"update pods"}, []finding.CheckID{"RBACUpdatePods"}, ""},
		{"IceKube", "DEBUG_POD", []string{"patch pods/ephemeralcontainers"}, []finding.CheckID{"RBACAddEphemeralContainers"}, ""},
		{"IceKube", "GET_AUTHENTICATION_TOKEN_FOR", []string{"get secrets"}, []finding.CheckID{"RBACReadSecrets"}, ""},
		{"IceKube", "ACCESS_SECRET", []string{"get,list,watch secrets"}, []finding.CheckID{"RBACReadSecrets", "RBACListSecrets"}, ""},
		{"IceKube", "GENERATE_TOKEN", []string{"create serviceaccounts/token"}, []finding.CheckID{"RBACRequestTokens"}, ""},
		{"IceKube", "CREATE_SECRET_WITH_TOKEN", []string{"create secrets", "team: list secrets"}, []finding.CheckID{"RBACMintTokenSecrets"}, ""},
		{"IceKube", "RBAC_ESCALATE_TO", []string{"escalate,update clusterroles,roles in rbac.authorization.k8s.io"}, []finding.CheckID{"RBACEscalateClusterRoles", "RBACEscalateRoles"}, ""},
		{"IceKube", "GENERATE_CLIENT_CERTIFICATE", []string{"create certificatesigningrequests in certificates.k8s.io", "update certificatesigningrequests/approval in certificates.k8s.io", "approve signers in certificates.k8s.io"}, []finding.CheckID{"RBACIssueClientCertificates"}, ""},
		{"IceKube", "CAN_IMPERSONATE", []string{"impersonate users,groups,serviceaccounts"}, []finding.CheckID{"RBACImpersonateUsers", "RBACImpersonateGroups", "RBACImpersonateServiceAccounts"}, ""},
		{"IceKube", "CAN_EXEC_THROUGH_KUBELET", []string{"create nodes/proxy"}, []finding.CheckID{"RBACProxyToNodes"}, ""},
		{"IceKube", "UPDATE_AWS_AUTH", []string{"kube-system: patch configmaps named aws-auth"}, []finding.CheckID{"RBACMapAWSIdentities"}, ""},
		{"IceKube", "AZURE_POD_IDENTITY_EXCEPTION", []string{"create azurepodidentityexceptions in aadpodidentity.k8s.io"}, []finding.CheckID{"RBACCreateCustomResources"}, ""},
	}
}

func rbacPoliceRows() []peerRow {
	return []peerRow{
		{"rbac-police", "approve_csrs", []string{"create certificatesigningrequests in certificates.k8s.io", "update certificatesigningrequests/approval in certificates.k8s.io", "approve signers in certificates.k8s.io"}, []finding.CheckID{"RBACIssueClientCertificates"}, ""},
		{"rbac-police", "assign_sa", []string{"kube-system: create pods", "kube-system: update deployments in apps"}, []finding.CheckID{"RBACCreatePods", "RBACUpdateWorkloads"}, ""},
		{"rbac-police", "bind_roles", []string{"bind clusterroles in rbac.authorization.k8s.io", "update clusterrolebindings in rbac.authorization.k8s.io"}, []finding.CheckID{"RBACBindClusterRolesInCluster"}, ""},
		{"rbac-police", "cluster_admin", []string{"* * in *"}, []finding.CheckID{"RBACClusterAdmin"}, ""},
		{"rbac-police", "control_webhooks", []string{"patch mutatingwebhookconfigurations,validatingwebhookconfigurations in admissionregistration.k8s.io"}, []finding.CheckID{"RBACWriteMutatingWebhooks", "RBACWriteValidatingWebhooks"}, ""},
		{"rbac-police", "eks_modify_aws_auth", []string{"update configmaps"}, []finding.CheckID{"RBACMapAWSIdentities"}, ""},
		{"rbac-police", "escalate_roles", []string{"escalate,patch clusterroles in rbac.authorization.k8s.io"}, []finding.CheckID{"RBACEscalateClusterRoles"}, ""},
		{"rbac-police", "impersonate", []string{"impersonate users,groups,serviceaccounts"}, []finding.CheckID{"RBACImpersonateUsers", "RBACImpersonateGroups", "RBACImpersonateServiceAccounts"}, ""},
		{"rbac-police", "issue_token_secrets", []string{"kube-system: create,get secrets"}, []finding.CheckID{"RBACMintTokenSecrets"}, ""},
		{"rbac-police", "list_secrets", []string{"list secrets"}, []finding.CheckID{"RBACListSecrets"}, ""},
		{"rbac-police", "modify_node_status", []string{"patch nodes/status"}, []finding.CheckID{"RBACWriteNodes"}, ""},
		{"rbac-police", "modify_pod_status", []string{"patch pods/status"}, []finding.CheckID{"RBACWritePodStatus"}, ""},
		{"rbac-police", "modify_pods", []string{"patch pods"}, []finding.CheckID{"RBACUpdatePods"}, ""},
		{"rbac-police", "modify_service_status_cve_2020_8554", []string{"patch services/status"}, []finding.CheckID{"RBACWriteServices"}, ""},
		{"rbac-police", "nodes_proxy", []string{"create nodes/proxy"}, []finding.CheckID{"RBACProxyToNodes"}, ""},
		{"rbac-police", "obtain_token_weak_ns", []string{"team: get secrets", "team: create serviceaccounts/token"}, []finding.CheckID{"RBACReadSecrets", "RBACRequestTokens"}, ""},
		{"rbac-police", "pods_ephemeral_ctrs", []string{"update pods/ephemeralcontainers"}, []finding.CheckID{"RBACAddEphemeralContainers"}, ""},
		{"rbac-police", "pods_exec", []string{"create pods/exec"}, []finding.CheckID{"RBACExecIntoPods"}, ""},
		{"rbac-police", "rce_weak_ns", []string{"team: patch pods", "team: create pods/exec", "team: patch pods/ephemeralcontainers"}, []finding.CheckID{"RBACUpdatePods", "RBACExecIntoPods", "RBACAddEphemeralContainers"}, ""},
		{"rbac-police", "retrieve_token_secrets", []string{"kube-system: get,list secrets"}, []finding.CheckID{"RBACReadSecrets", "RBACListSecrets"}, ""},
		{"rbac-police", "steal_pods", []string{"patch nodes", "delete pods"}, []finding.CheckID{"RBACStealPods"}, ""},
		{"rbac-police", "token_request", []string{"create serviceaccounts/token"}, []finding.CheckID{"RBACRequestTokens"}, ""},
	}
}

func kubiScanRows() []peerRow {
	return []peerRow{
		{"KubiScan", "risky-get-secrets", []string{"get secrets"}, []finding.CheckID{"RBACReadSecrets"}, ""},
		{"KubiScan", "risky-list-secrets", []string{"list secrets"}, []finding.CheckID{"RBACListSecrets"}, ""},
		{"KubiScan", "risky-impersonate-groups", []string{"impersonate groups", "team: impersonate serviceaccounts"}, []finding.CheckID{"RBACImpersonateGroups"}, ""},
		{"KubiScan", "risky-any-verb", []string{"* * in *"}, []finding.CheckID{"RBACClusterAdmin"}, ""},
		{"KubiScan", "risky-any-verb-secrets", []string{"* secrets"}, []finding.CheckID{"RBACReadSecrets", "RBACListSecrets", "RBACMintTokenSecrets", "RBACWriteSecrets"}, ""},
		{"KubiScan", "risky-any-verb-pods", []string{"* pods"}, []finding.CheckID{"RBACCreatePods", "RBACUpdatePods", "RBACDeletePods"}, ""},
		{"KubiScan", "risky-any-verb-deployments", []string{"* deployments in apps"}, []finding.CheckID{"RBACCreateWorkloads", "RBACUpdateWorkloads"}, ""},
		{"KubiScan", "risky-any-verb-daemonsets", []string{"* daemonsets in apps"}, []finding.CheckID{"RBACCreateWorkloads", "RBACUpdateWorkloads"}, ""},
		{"KubiScan", "risky-any-verb-statefulsets", []string{"* statefulsets in apps"}, []finding.CheckID{"RBACCreateWorkloads", "RBACUpdateWorkloads"}, ""},
		{"KubiScan", "risky-any-verb-replicationcontrollers", []string{"* replicationcontrollers"}, []finding.CheckID{"RBACCreateWorkloads", "RBACUpdateWorkloads"}, ""},
		{"KubiScan", "risky-any-verb-replicasets", []string{"* replicasets in apps"}, []finding.CheckID{"RBACCreateWorkloads", "RBACUpdateWorkloads"}, ""},
		{"KubiScan", "risky-any-verb-cronjobs", []string{"* cronjobs in batch"}, []finding.CheckID{"RBACCreateWorkloads", "RBACUpdateWorkloads"}, ""},
		{"KubiScan", "risky-any-verb-jobs", []string{"* jobs in batch"}, []finding.CheckID{"RBACCreateWorkloads", "RBACUpdateWorkloads"}, ""},
		{"KubiScan", "risky-any-verb-roles", []string{"* roles in rbac.authorization.k8s.io", "create rolebindings in rbac.authorization.k8s.io"}, []finding.CheckID{"RBACEscalateRoles", "RBACBindRoles"}, ""},
		{"KubiScan", "risky-any-verb-clusterroles", []string{"* clusterroles in rbac.authorization.k8s.io", "create clusterrolebindings in rbac.authorization.k8s.io"}, []finding.CheckID{"RBACEscalateClusterRoles", "RBACBindClusterRolesInCluster"}, ""},
		{"KubiScan", "risky-any-verb-rolebindings", []string{"* rolebindings in rbac.authorization.k8s.io", "team: bind clusterroles in rbac.authorization.k8s.io"}, []finding.CheckID{"RBACWriteBindings", "RBACBindClusterRolesInNamespace"}, ""},
		{"KubiScan", "risky-any-verb-clusterrolebindings", []string{"* clusterrolebindings in rbac.authorization.k8s.io", "bind clusterroles in rbac.authorization.k8s.io"}, []finding.CheckID{"RBACWriteBindings", "RBACBindClusterRolesInCluster"}, ""},
		{"KubiScan", "risky-any-verb-users", []string{"* users"}, []finding.CheckID{"RBACImpersonateUsers"}, ""},
		{"KubiScan", "risky-any-verb-groups", []string{"* groups,users"}, []finding.CheckID{"RBACImpersonateGroups"}, ""},
		{"KubiScan", "risky-any-resource-delete", []string{"delete * in *"}, []finding.CheckID{"RBACDeletePods"}, ""},
		{"KubiScan", "risky-any-resource-delete (deletecollection)", []string{"deletecollection * in *"}, []finding.CheckID{"RBACDeletePods"}, ""},
		{"KubiScan", "risky-any-resource-create", []string{"create * in *"}, []finding.CheckID{"RBACCreatePods", "RBACCreateWorkloads", "RBACMintTokenSecrets"}, ""},
		{"KubiScan", "risky-any-resource-list", []string{"list * in *"}, []finding.CheckID{"RBACListSecrets"}, ""},
		{"KubiScan", "risky-any-resource-get", []string{"get * in *"}, []finding.CheckID{"RBACReadSecrets", "RBACProxyToNodes"}, ""},
		{"KubiScan", "risky-any-resource-impersonate", []string{"impersonate * in *"}, []finding.CheckID{"RBACImpersonateUsers", "RBACImpersonateGroups", "RBACImpersonateServiceAccounts"}, ""},
		{"KubiScan", "risky-execute-command-node-proxy", []string{"get,create nodes/proxy"}, []finding.CheckID{"RBACProxyToNodes"}, ""},
		{"KubiScan", "risky-create-deployments", []string{"create deployments in apps"}, []finding.CheckID{"RBACCreateWorkloads"}, ""},
		{"KubiScan", "risky-update-deployments", []string{"update deployments in apps"}, []finding.CheckID{"RBACUpdateWorkloads"}, ""},
		{"KubiScan", "risky-create-daemonsets", []string{"create daemonsets in apps"}, []finding.CheckID{"RBACCreateWorkloads"}, ""},
		{"KubiScan", "risky-update-daemonsets", []string{"update daemonsets in apps"}, []finding.CheckID{"RBACUpdateWorkloads"}, ""},
		{"KubiScan", "risky-create-statefulsets", []string{"create statefulsets in apps"}, []finding.CheckID{"RBACCreateWorkloads"}, ""},
		{"KubiScan", "risky-update-statefulsets", []string{"update statefulsets in apps"}, []finding.CheckID{"RBACUpdateWorkloads"}, ""},
		{"KubiScan", "risky-create-replicationcontrollers", []string{"create replicationcontrollers"}, []finding.CheckID{"RBACCreateWorkloads"}, ""},
		{"KubiScan", "risky-update-replicationcontrollers", []string{"update replicationcontrollers"}, []finding.CheckID{"RBACUpdateWorkloads"}, ""},
		{"KubiScan", "risky-create-replicasets", []string{"create replicasets in apps"}, []finding.CheckID{"RBACCreateWorkloads"}, ""},
		{"KubiScan", "risky-update-replicasets", []string{"update replicasets in apps"}, []finding.CheckID{"RBACUpdateWorkloads"}, ""},
		{"KubiScan", "risky-create-jobs", []string{"create jobs in batch"}, []finding.CheckID{"RBACCreateWorkloads"}, ""},
		{"KubiScan", "risky-update-jobs", []string{"update jobs in batch"}, []finding.CheckID{"RBACUpdateWorkloads"}, ""},
		{"KubiScan", "risky-create-jobs (cronjobs)", []string{"create cronjobs in batch"}, []finding.CheckID{"RBACCreateWorkloads"}, ""},
		{"KubiScan", "risky-update-jobs (cronjobs)", []string{"update cronjobs in batch"}, []finding.CheckID{"RBACUpdateWorkloads"}, ""},
		{"KubiScan", "risky-create-rolebinding-role", []string{"create rolebindings in rbac.authorization.k8s.io", "bind roles in rbac.authorization.k8s.io"}, []finding.CheckID{"RBACBindRoles"}, ""},
		{"KubiScan", "risky-create-rolebinding-clusterrole", []string{"create rolebindings in rbac.authorization.k8s.io", "bind clusterroles in rbac.authorization.k8s.io"}, []finding.CheckID{"RBACBindClusterRolesInNamespace"}, ""},
		{"KubiScan", "risky-create-clusterrolebinding-clusterrole", []string{"create clusterrolebindings in rbac.authorization.k8s.io", "bind clusterroles in rbac.authorization.k8s.io"}, []finding.CheckID{"RBACBindClusterRolesInCluster"}, ""},
		{"KubiScan", "risky-create-pod", []string{"create pods"}, []finding.CheckID{"RBACCreatePods"}, ""},
		{"KubiScan", "risky-exec-pods", []string{"create pods/exec", "get pods"}, []finding.CheckID{"RBACExecIntoPods"}, ""},
		{"KubiScan", "risky-attach-pods", []string{"create pods/attach", "get pods"}, []finding.CheckID{"RBACAttachToPods"}, ""},
		{"KubiScan", "risky-add-rolebinding", []string{"get,patch rolebindings in rbac.authorization.k8s.io"}, []finding.CheckID{"RBACWriteBindings"}, ""},
	}
}

func rbacToolRows() []peerRow {
	return []peerRow{
		{"rbac-tool", "Secret Readers", []string{"get secrets"}, []finding.CheckID{"RBACReadSecrets"}, ""},
		{"rbac-tool", "Workload Creators & Editors", []string{"create,patch pods", "create,patch deployments in apps"}, []finding.CheckID{"RBACCreatePods", "RBACUpdatePods", "RBACCreateWorkloads", "RBACUpdateWorkloads"}, ""},
		{"rbac-tool", "Privilege Escalators, impersonate", []string{"impersonate users,serviceaccounts"}, []finding.CheckID{"RBACImpersonateUsers", "RBACImpersonateServiceAccounts"}, ""},
		{"rbac-tool", "Privilege Escalators, bind or escalate", []string{"bind,escalate,update clusterroles in rbac.authorization.k8s.io", "create clusterrolebindings in rbac.authorization.k8s.io"}, []finding.CheckID{"RBACBindClusterRolesInCluster", "RBACEscalateClusterRoles"}, ""},
		{"rbac-tool", "Storage & Data", []string{"create persistentvolumes,persistentvolumeclaims", "create storageclasses in storage.k8s.io"}, []finding.CheckID{"RBACCreatePersistentVolumes", "RBACWriteVolumeClaims", "RBACWriteStorageClasses"}, ""},
		{"rbac-tool", "Networking", []string{"update services,endpoints", "update ingresses,networkpolicies in networking.k8s.io"}, []finding.CheckID{"RBACWriteServices", "RBACWriteEndpoints", "RBACWriteIngresses", "RBACWriteNetworkPolicies"}, ""},
		{"rbac-tool", "Networking, Gateway API", []string{"create httproutes in gateway.networking.k8s.io"}, []finding.CheckID{"RBACWriteIngresses"}, ""},
		{"rbac-tool", "Admission Controllers", []string{"create mutatingwebhookconfigurations,validatingwebhookconfigurations in admissionregistration.k8s.io"}, []finding.CheckID{"RBACWriteMutatingWebhooks", "RBACWriteValidatingWebhooks"}, ""},
		{"rbac-tool", "Cluster Extensions (CRDs)", []string{"create customresourcedefinitions in apiextensions.k8s.io"}, []finding.CheckID{"RBACWriteCustomResourceDefinitions"}, ""},
		{"rbac-tool", "Gatekeeper Administration", []string{"update constrainttemplates in templates.gatekeeper.sh"}, []finding.CheckID{"RBACWritePolicyEngines"}, ""},
		{"rbac-tool", "Create Node Proxy", []string{"create nodes/proxy"}, []finding.CheckID{"RBACProxyToNodes"}, ""},
		{"rbac-tool", "Ephemeral Containers", []string{"patch pods/ephemeralcontainers"}, []finding.CheckID{"RBACAddEphemeralContainers"}, ""},
		{"rbac-tool", "Exec into Pod", []string{"create pods/exec"}, []finding.CheckID{"RBACExecIntoPods"}, ""},
		{"rbac-tool", "Kyverno Administration", []string{"update clusterpolicies in kyverno.io"}, []finding.CheckID{"RBACWritePolicyEngines"}, ""},
		{"rbac-tool", "Admission Policies", []string{"create validatingadmissionpolicies,mutatingadmissionpolicies in admissionregistration.k8s.io"}, []finding.CheckID{"RBACWriteValidatingAdmissionPolicies", "RBACWriteMutatingAdmissionPolicies"}, ""},
	}
}

func kubescapeRows() []peerRow {
	return []peerRow{
		{"Kubescape", "C-0002 command execution", []string{"create pods/exec"}, []finding.CheckID{"RBACExecIntoPods"}, ""},
		{"Kubescape", "C-0007 delete capabilities", []string{"delete pods"}, []finding.CheckID{"RBACDeletePods"}, ""},
		{"Kubescape", "C-0015 list Secrets", []string{"list secrets"}, []finding.CheckID{"RBACListSecrets"}, ""},
		{"Kubescape", "C-0031 delete events", []string{"delete events"}, []finding.CheckID{"RBACWriteEvents"}, ""},
		{"Kubescape", "C-0035 administrative roles", []string{"* * in *"}, []finding.CheckID{"RBACClusterAdmin"}, ""},
		{"Kubescape", "C-0036 validating webhooks", []string{"delete validatingwebhookconfigurations in admissionregistration.k8s.io"}, []finding.CheckID{"RBACWriteValidatingWebhooks"}, ""},
		{"Kubescape", "C-0037 CoreDNS poisoning", []string{"kube-system: update configmaps"}, []finding.CheckID{"RBACWriteSystemConfigMaps"}, ""},
		{"Kubescape", "C-0039 mutating webhooks", []string{"create mutatingwebhookconfigurations in admissionregistration.k8s.io"}, []finding.CheckID{"RBACWriteMutatingWebhooks"}, ""},
		{"Kubescape", "C-0059 nginx snippets", []string{"create ingresses in networking.k8s.io"}, []finding.CheckID{"RBACWriteIngresses"}, ""},
		{"Kubescape", "C-0063 port-forward", []string{"create pods/portforward"}, []finding.CheckID{"RBACForwardPorts"}, ""},
		{"Kubescape", "C-0065 impersonation", []string{"impersonate users"}, []finding.CheckID{"RBACImpersonateUsers"}, ""},
		{"Kubescape", "C-0089 aggregated API redirect", []string{"create apiservices in apiregistration.k8s.io"}, []finding.CheckID{"RBACWriteAPIServices"}, ""},
		{"Kubescape", "C-0185 to C-0190 CIS 5.1.x", []string{"* * in *", "get secrets", "create pods"}, []finding.CheckID{"RBACClusterAdmin", "RBACReadSecrets", "RBACCreatePods"}, ""},
		{"Kubescape", "C-0191 bind, impersonate, escalate", []string{"impersonate users", "bind,escalate,update clusterroles in rbac.authorization.k8s.io", "create clusterrolebindings in rbac.authorization.k8s.io"}, []finding.CheckID{"RBACImpersonateUsers", "RBACEscalateClusterRoles", "RBACBindClusterRolesInCluster"}, ""},
		{"Kubescape", "C-0258 ConfigMap access", []string{"get configmaps"}, []finding.CheckID{"RBACReadObjects"}, ""},
		{"Kubescape", "C-0267 cluster takeover roles", []string{"patch nodes/status", "get nodes/proxy"}, []finding.CheckID{"RBACRedirectNodeProxy"}, ""},
		{"Kubescape", "C-0272 administrative roles", []string{"team: * * in *"}, []finding.CheckID{"RBACClusterAdmin"}, ""},
		{"Kubescape", "C-0278 create persistent volumes", []string{"create persistentvolumes", "create pods"}, []finding.CheckID{"RBACMountHostPathVolumes"}, ""},
		{"Kubescape", "C-0279 proxy of nodes", []string{"get nodes/proxy"}, []finding.CheckID{"RBACProxyToNodes"}, ""},
		{"Kubescape", "C-0280 approve CSRs", []string{"create certificatesigningrequests in certificates.k8s.io", "update certificatesigningrequests/approval in certificates.k8s.io", "approve signers in certificates.k8s.io"}, []finding.CheckID{"RBACIssueClientCertificates"}, ""},
		{"Kubescape", "C-0281 webhook configuration", []string{"create mutatingwebhookconfigurations,validatingwebhookconfigurations in admissionregistration.k8s.io"}, []finding.CheckID{"RBACWriteMutatingWebhooks", "RBACWriteValidatingWebhooks"}, ""},
		{"Kubescape", "C-0282 token creation", []string{"create serviceaccounts/token"}, []finding.CheckID{"RBACRequestTokens"}, ""},
		{"Kubescape", "C-0283 external IPs", []string{"create services"}, []finding.CheckID{"RBACWriteServices"}, ""},
		{"Kubescape", "C-0246 system:masters", nil, nil, "G01"},
		{"Kubescape", "C-0262 anonymous bindings", nil, nil, "G07"},
		{"Kubescape", "C-0265 system:authenticated", nil, nil, "G04"},
	}
}
