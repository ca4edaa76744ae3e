package loader

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"

	"github.com/daysix/daysix/internal/rbac"
)

// defaultClusterRoles are the ClusterRoles that the API server makes, one a line, by name. A test holds them against a real
// one. Manifests bind to them and never hold them: without them a ServiceAccount bound to cluster-admin would look harmless.
//
//go:embed clusterroles.jsonl
var defaultClusterRoles []byte

// addClusterRoles records the ClusterRoles of the files and those of every cluster that they do not hold, the aggregated
// ones with the rules that the controller would fill in.
func addClusterRoles(grants *rbac.Index, given map[string]*rbacv1.ClusterRole) error {
	all, err := readClusterRoles(defaultClusterRoles)
	if err != nil {
		return err
	}
	maps.Copy(all, given)
	for _, role := range all {
		grants.UpsertClusterRole(aggregated(role, all))
	}
	return nil
}

func readClusterRoles(data []byte) (map[string]*rbacv1.ClusterRole, error) {
	roles := make(map[string]*rbacv1.ClusterRole)
	for line := range bytes.Lines(data) {
		var role rbacv1.ClusterRole
		if err := json.Unmarshal(line, &role); err != nil {
			return nil, fmt.Errorf("reading the ClusterRoles of every cluster: %w", err)
		}
		roles[role.Name] = &role
	}
	return roles, nil
}

// aggregated is the role with the rules of those that its aggregation rule lets in, of those that these let in, and so on:
// where the controller ends. Rules that are given are a controller's work already.
func aggregated(role *rbacv1.ClusterRole, all map[string]*rbacv1.ClusterRole) *rbacv1.ClusterRole {
	if !waitsForRules(role) {
		return role
	}
	full := role.DeepCopy()
	names := slices.Sorted(maps.Keys(all))
	seen := map[string]bool{role.Name: true}
	for next := []*rbacv1.ClusterRole{role}; len(next) > 0; next = next[1:] {
		for _, name := range names {
			part := all[name]
			if seen[name] || !letsIn(next[0].AggregationRule, part) {
				continue
			}
			seen[name] = true
			if waitsForRules(part) {
				next = append(next, part)
			}
			full.Rules = append(full.Rules, part.Rules...)
		}
	}
	return full
}

func waitsForRules(role *rbacv1.ClusterRole) bool {
	return role.AggregationRule != nil && len(role.Rules) == 0
}

func letsIn(rule *rbacv1.AggregationRule, role *rbacv1.ClusterRole) bool {
	return slices.ContainsFunc(rule.ClusterRoleSelectors, func(s metav1.LabelSelector) bool {
		selector, err := metav1.LabelSelectorAsSelector(&s)
		return err == nil && selector.Matches(labels.Set(role.Labels)) // The API server refuses a selector that is no selector.
	})
}
