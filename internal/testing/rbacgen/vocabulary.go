package rbacgen

var (
	accounts     = []string{"app", "default", "ci"}
	users        = []string{"jane", "system:anonymous"}
	userGroups   = []string{"developers", "system:unauthenticated", "system:authenticated", "system:serviceaccounts"}
	verbs        = []string{"get", "list", "watch", "create", "update", "patch", "delete", "deletecollection", "bind", "impersonate"}
	groups       = []string{"", "apps", "extensions", "rbac.authorization.k8s.io"}
	resources    = []string{"pods", "secrets", "deployments", "nodes", "namespaces", "clusterroles", "serviceaccounts"}
	subresources = []string{"exec", "scale", "status", "token", "*"}
	names        = []string{"a", "b", "x", "y"}
	paths        = []string{"/", "/metrics", "/debug/pprof", "/debug/pprof/heap", "/healthz", "/apis/apps/v1"}
	urlRules     = []string{"*", "/metrics", "/debug/*", "/debug/pprof*", "/healthz/*", "/apis/**", "/met*rics"}
)
