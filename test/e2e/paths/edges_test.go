package paths

import (
	"slices"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	daysixv1alpha1 "github.com/daysix/daysix/api/v1alpha1"
	"github.com/daysix/daysix/internal/attackgraph"
)

// edgeCase is a namespace in which the shortest way from the pod web to an answer takes the edge. Web runs as ServiceAccount
// app on a node of its own. A dollar sign stands for the name of the namespace, which is also that of the node.
type edgeCase struct {
	web []func(*corev1.PodSpec)
	// rights are those of app, as grant takes them.
	rights []string
	// others are what else is there.
	others func(namespace string) []client.Object
	node   []func(*corev1.Node)
	// restricted is what Pod Security enforces: no new pod gets at a node.
	restricted bool

	question daysixv1alpha1.Question
	// says are the verdict and the path.
	says []string
}

// Edges that no report can show, and why. They are tested in internal/attackgraph.
func unseen() map[attackgraph.EdgeID]string {
	return map[attackgraph.EdgeID]string{
		"HaveRights": "it leads to rights that several identities share, and paths go on to what these lead to",
	}
}

const (
	admin   daysixv1alpha1.Question = "BecomeClusterAdmin"
	control daysixv1alpha1.Question = "ControlNode"
	secrets daysixv1alpha1.Question = "ReadSecrets"
	newPods daysixv1alpha1.Question = "CreatePods"

	takes    = "Pod $/web => root on Node $ | TakeNode: spec.containers[0].securityContext.privileged"
	holds    = "Pod $/web => ServiceAccount $/app | HoldToken: a container holds its token"
	byRole   = ": RoleBinding $/$ -> Role $/$ rules[0]"
	byRules  = ": ClusterRoleBinding $ -> ClusterRole $ rules[0]"
	chief    = "Pod $/chief => ServiceAccount $/boss | HoldToken: a container holds its token"
	bossAll  = "ServiceAccount $/boss => cluster-admin | AllRights: ClusterRoleBinding $-boss -> ClusterRole cluster-admin rules[0]"
	inScope  = "any pod in $ => Pod $/chief | PodInScope: its pods are in scope"
	asBoss   = "any ServiceAccount in $ => ServiceAccount $/boss | ServiceAccountInScope: the ServiceAccount is in scope"
	chiefOf  = "ReplicaSet.apps above/chief => ServiceAccount above/boss | HoldToken: a container holds its token"
	bossOf   = "ServiceAccount above/boss => cluster-admin | AllRights: ClusterRoleBinding above-boss -> ClusterRole cluster-admin rules[0]"
	anywhere = "any ServiceAccount in all namespaces => ServiceAccount above/boss | ServiceAccountInScope: the ServiceAccount is in scope"
)

// boss is a ServiceAccount that is cluster-admin, of a pod on a node.
func boss(on string) func(string) []client.Object {
	return func(namespace string) []client.Object {
		where := strings.ReplaceAll(on, "$", namespace)
		return append(bossAccount(namespace), pod(namespace, "chief", "boss", where))
	}
}

func bossAccount(namespace string) []client.Object {
	return []client.Object{account(namespace, "boss"), clusterAdmin(namespace+"-boss", accountSubject(namespace, "boss"))}
}

// stealable is a pod of boss that may run elsewhere tomorrow.
func stealable(namespace string) []client.Object {
	return append(bossAccount(namespace), replicas(namespace, "chief", "boss", elsewhere)...)
}

func controlPlane(n *corev1.Node) { n.Labels["node-role.kubernetes.io/control-plane"] = "" }

func onAWS(n *corev1.Node) { n.Spec.ProviderID = "aws:///eu-west-1a/" + n.Name }

// toAdmin is a right in the cluster that is as good as cluster-admin.
func toAdmin(edge string, rights ...string) edgeCase {
	return edgeCase{rights: rights, question: admin, says: []string{"Yes", holds, "ServiceAccount $/app => cluster-admin | " + edge + byRules}}
}

// toNodes is a right that leads to root on any node.
func toNodes(edge string, restricted bool, binding string, rights ...string) edgeCase {
	return edgeCase{
		rights: rights, restricted: restricted, question: control,
		says: []string{"Yes", holds, "ServiceAccount $/app => root on any node | " + edge + binding},
	}
}

// toPods is a right over the pods of the namespace.
func toPods(edge, verdict, condition, right string) edgeCase {
	return edgeCase{rights: []string{right}, others: boss(elsewhere), question: admin, says: []string{
		verdict, holds, "ServiceAccount $/app => any pod in $ | " + edge + byRole + condition, inScope, chief, bossAll,
	}}
}

// toAccounts is a right over the ServiceAccounts of the namespace.
func toAccounts(edge, right string) edgeCase {
	return edgeCase{rights: []string{right}, others: boss(elsewhere), question: admin, says: []string{
		"Yes", holds, "ServiceAccount $/app => any ServiceAccount in $ | " + edge + byRole, asBoss, bossAll,
	}}
}

func TestEveryEdgeIsShownInAReport(t *testing.T) {
	cases := edgeCases()
	for _, e := range attackgraph.Registry() {
		_, shown := cases[e.ID]
		if _, not := unseen()[e.ID]; shown == not {
			t.Errorf("%s must be shown, or else be among those that cannot be: shown %t", e.ID, shown)
		}
	}
	if t.Failed() {
		return
	}
	objects := append([]client.Object{namespace("above", "restricted")}, stealable("above")...)
	questions, want := map[string]daysixv1alpha1.Question{}, map[string][]string{}
	for id, c := range cases {
		name := strings.ToLower(string(id))
		objects = append(objects, c.objects(name)...)
		report := name + "/pod-web"
		questions[report] = c.question
		for _, line := range c.says {
			want[report] = append(want[report], strings.ReplaceAll(line, "$", name))
		}
		if !slices.ContainsFunc(c.says, func(line string) bool { return strings.Contains(line, "| "+string(id)+":") }) {
			t.Errorf("the path of %s does not take it", id)
		}
	}
	c := audit(t, objects)
	expect(t, c, want, func(r *daysixv1alpha1.PodSecurityReport) []string {
		return answerTo(r, questions[r.Namespace+"/"+r.Name])
	})
}

func (c *edgeCase) objects(name string) []client.Object {
	enforce := "privileged"
	if c.restricted {
		enforce = "restricted"
	}
	out := []client.Object{node(name, c.node...), namespace(name, enforce), account(name, "app")}
	out = append(out, pod(name, "web", "app", name, c.web...))
	rights := make([]string, len(c.rights))
	for i := range rights {
		rights[i] = strings.ReplaceAll(c.rights[i], "$", name)
	}
	out = append(out, grant(name, accountSubject(name, "app"), rights...)...)
	if c.others != nil {
		out = append(out, c.others(name)...)
	}
	return out
}
