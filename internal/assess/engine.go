package assess

import (
	"maps"
	"slices"
	"sync"

	"k8s.io/apimachinery/pkg/types"

	"github.com/daysix/daysix/internal/admission/restart"
	"github.com/daysix/daysix/internal/attackgraph"
	"github.com/daysix/daysix/internal/model"
	"github.com/daysix/daysix/internal/rbac"
	"github.com/daysix/daysix/internal/snapshot"
)

// Engine assesses the workloads of a model with all that stands around them. What a workload leads to depends on all others:
// Observe tells the attack graph and the network about those that changed, Solve finds whose answers are others now, and
// Assess judges one with the answers that were found last. It is safe for concurrent use.
type Engine struct {
	*model.Model
	// Ask asks the API server about the replacements of a workload, and tells what it has answered so far; nil where it is
	// not asked. It is set before the first workload is assessed.
	Ask func(*snapshot.View) restart.Answers

	mu       sync.Mutex // of all below
	assessor *Assessor
	restart  *restart.Rules
	groups   map[snapshot.Key]int
	accounts map[types.NamespacedName]struct{} // whose rights the graph knows
	// strange are the workloads that name one which neither exists nor is bound: it is gone with the last of them.
	strange  map[snapshot.Key]struct{}
	nodes    map[string]snapshot.Node
	secrets  map[string]bool // namespaces with Secrets that are known by themselves
	solution *attackgraph.Solution
	ranges   ranges
}

// NewEngine returns an engine that has solved nothing.
func NewEngine(m *model.Model, assessor *Assessor, rules *restart.Rules) *Engine {
	return &Engine{
		Model: m, assessor: assessor, restart: rules, groups: make(map[snapshot.Key]int),
		accounts: make(map[types.NamespacedName]struct{}),
	}
}

// Use puts other settings into force. Every workload has to be observed and assessed anew.
func (e *Engine) Use(assessor *Assessor, rules *restart.Rules) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.assessor, e.restart = assessor, rules
}

// Observe takes note of workloads that came, changed or went. It tells whether the graph has to be solved anew, and lists the
// workloads whose network answers may be others now.
func (e *Engine) Observe(keys ...snapshot.Key) (graph bool, network snapshot.Affected) {
	e.mu.Lock()
	defer e.mu.Unlock()
	affected := make(map[snapshot.Key]struct{})
	e.observeRanges(affected)
	unseen, strange := make(map[types.NamespacedName]struct{}), false
	for _, key := range keys {
		if _, was := e.strange[key]; was {
			strange = true
		}
		view, ok := e.Snapshot.View(key)
		if !ok || view.Workload.Gone {
			graph = e.Graph.DeleteWorkload(attackgraph.Key(key)) || graph
		} else {
			facts := e.assessor.graphFacts(&view)
			graph = e.Graph.SetWorkload(attackgraph.Key(key), facts) || graph
			e.addUnseen(key.Namespace, &facts, unseen)
		}
		e.observeNetwork(key, view.Networks, affected)
	}
	if len(unseen) > 0 || strange {
		graph = e.forgetAccounts(e.allAccounts()) || graph
	}
	if len(unseen) > 0 {
		graph = e.observeAccounts(slices.Collect(maps.Keys(unseen)), e.environment()) || graph
	}
	return graph, slices.SortedFunc(maps.Keys(affected), snapshot.Key.Compare)
}

// addUnseen adds the ServiceAccounts of a workload whose rights the graph does not know: pods may name some that neither exist
// nor are bound, and that have the rights of groups.
func (e *Engine) addUnseen(namespace string, facts *attackgraph.Workload, unseen map[types.NamespacedName]struct{}) {
	for i := range facts.Groups {
		account := types.NamespacedName{Namespace: namespace, Name: facts.Groups[i].ServiceAccount}
		// Before rights were looked at for the first time, all are unseen, and will be.
		if _, seen := e.accounts[account]; !seen && len(e.accounts) > 0 {
			unseen[account] = struct{}{}
		}
	}
}

// ObserveRights takes note of changed rights, of Pod Security levels that effects depend on, of nodes and of Secrets. It
// tells whether the graph has to be solved anew. Given no subjects it looks at all of them.
func (e *Engine) ObserveRights(subjects ...rbac.Subject) (graph bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	all, env := e.allAccounts(), e.environment()
	graph = e.forgetAccounts(all)
	accounts := slices.Collect(maps.Keys(all))
	if len(subjects) > 0 {
		accounts = membersOf(subjects, accounts)
	}
	graph = e.observeAccounts(accounts, env) || graph
	graph = e.observeNodes(env) || graph
	return e.observeSecrets() || graph
}

// allAccounts are the ServiceAccounts that exist, or that a binding or a pod names: pods may be made that run as any of them.
func (e *Engine) allAccounts() map[types.NamespacedName]struct{} {
	all := make(map[types.NamespacedName]struct{})
	for _, name := range e.Snapshot.Accounts() {
		all[name] = struct{}{}
	}
	for _, subject := range e.Grants.ServiceAccounts() {
		all[types.NamespacedName{Namespace: subject.Namespace, Name: subject.Name}] = struct{}{}
	}
	e.strange = make(map[snapshot.Key]struct{})
	for name, users := range e.Snapshot.UsedAccounts() {
		if _, known := all[name]; known {
			continue
		}
		all[name] = struct{}{}
		for _, key := range users {
			e.strange[key] = struct{}{}
		}
	}
	return all
}

// forgetAccounts takes those out of the graph that are no more.
func (e *Engine) forgetAccounts(all map[types.NamespacedName]struct{}) (changed bool) {
	for account := range e.accounts {
		if _, there := all[account]; !there {
			changed = e.Graph.DeleteServiceAccount(account.Namespace, account.Name) || changed
			delete(e.accounts, account)
		}
	}
	return changed
}

// membersOf are the accounts that are among the subjects or in a group among them.
func membersOf(subjects []rbac.Subject, accounts []types.NamespacedName) []types.NamespacedName {
	wanted := make(map[rbac.Subject]bool, len(subjects))
	for _, subject := range subjects {
		wanted[subject] = true
	}
	all := wanted[rbac.Group(rbac.GroupServiceAccounts)] || wanted[rbac.Group(rbac.GroupAuthenticated)]
	return slices.DeleteFunc(accounts, func(account types.NamespacedName) bool {
		return !all && !wanted[rbac.ServiceAccount(account.Namespace, account.Name)] &&
			!wanted[rbac.Group(rbac.GroupServiceAccounts+":"+account.Namespace)]
	})
}

func (e *Engine) observeSecrets() (changed bool) {
	known := make(map[string]bool)
	for _, namespace := range e.Snapshot.TokenSecretNamespaces() {
		var secrets []attackgraph.Secret
		for name, account := range e.Snapshot.TokenSecretsOf(namespace) {
			secrets = append(secrets, attackgraph.Secret{Name: name, TokenOf: account})
		}
		known[namespace] = true
		changed = e.Graph.SetSecrets(namespace, secrets) || changed
	}
	for namespace := range e.secrets {
		if !known[namespace] {
			changed = e.Graph.SetSecrets(namespace, nil) || changed
		}
	}
	e.secrets = known
	return changed
}

// environment is what effects depend on beside the rights. Who else is cluster-admin, the graph knows.
func (e *Engine) environment() *rbac.Environment {
	levels := e.Snapshot.PodSecurity()
	env := &rbac.Environment{
		PodSecurity:     func(namespace string) rbac.PodSecurityLevel { return rbac.PodSecurityLevel(levels.Level(namespace)) },
		Untold:          levels.Untold(),
		HasClusterAdmin: nobody,
	}
	for _, n := range e.Snapshot.NodeNames() {
		env.AWS = env.AWS || n.CloudProvider == "aws"
	}
	return env
}

// nobody leaves it to the attack graph to say who in a namespace is cluster-admin.
func nobody(string) bool { return false }

// Solve finds the answers of the graph as it is now, and lists the workloads whose answers are others than before.
func (e *Engine) Solve() []snapshot.Key {
	fresh := e.Graph.Solve()
	e.mu.Lock()
	defer e.mu.Unlock()
	var changed []snapshot.Key
	for _, key := range fresh.Changed(e.solution) {
		changed = append(changed, snapshot.Key(key))
	}
	e.solution = fresh
	return changed
}

// Solution are the answers that were found last; nil before the first time.
func (e *Engine) Solution() *attackgraph.Solution {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.solution
}

// Around is what stands around a workload now.
func (e *Engine) Around(view *snapshot.View) Around {
	e.mu.Lock()
	solution, rules := e.solution, e.restart
	e.mu.Unlock()
	return Around{
		Access: Gather(view, e.Grants, e.Snapshot.PodSecurity()), Restart: rules,
		Graph: solution, Network: e.networkOf(view),
	}
}

// Assess judges one workload with the answers that were found last; nil where there is no such workload.
func (e *Engine) Assess(key snapshot.Key) *Assessment {
	for {
		view, ok := e.Snapshot.View(key)
		if !ok || view.Workload.Gone {
			return nil
		}
		around := e.Around(&view)
		if e.Ask != nil {
			around.Answers = e.Ask(&view)
		}
		e.mu.Lock()
		assessor := e.assessor
		e.mu.Unlock()
		assessment := assessor.Assess(&view, around)
		// What Pod Security enforces elsewhere may have changed meanwhile.
		if e.Snapshot.Asked(key, assessment.Asked, around.Access.PodSecurity) {
			assessment.Accepted = e.Exceptions.Accept(view.Selectable(), assessment.Findings)
			return assessment
		}
	}
}
