package config

import (
	"fmt"
	"net/netip"
	"regexp"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation"
	"k8s.io/apimachinery/pkg/util/validation/field"
	psaapi "k8s.io/pod-security-admission/api"

	"github.com/daysix/daysix/internal/rbac"
)

// maxSeries bounds the bounds: beyond it a Prometheus server of usual size suffers.
const maxSeries = 10_000

// maxDryRuns bounds the dry-runs of a second: each calls every webhook that looks at pods.
const maxDryRuns = 100

// Validate lists everything that is wrong, by field.
func (c *AuditConfiguration) Validate() field.ErrorList {
	var errs field.ErrorList
	errs = append(errs, mustBe(field.NewPath("apiVersion"), c.APIVersion, APIVersion)...)
	errs = append(errs, mustBe(field.NewPath("kind"), c.Kind, Kind)...)
	errs = append(errs, each(field.NewPath("systemNamespaces"), c.SystemNamespaces, validation.IsDNS1123Label)...)
	errs = append(errs, each(field.NewPath("excludedNamespaces"), c.ExcludedNamespaces, validation.IsDNS1123Label)...)
	errs = append(errs, each(field.NewPath("trustedRegistries"), c.TrustedRegistries, isRegistry)...)
	errs = append(errs, each(field.NewPath("sandboxedRuntimeClasses"), c.SandboxedRuntimeClasses, validation.IsDNS1123Subdomain)...)
	errs = append(errs, customResources(field.NewPath("customResources"), c.CustomResources)...)
	errs = append(errs, c.PodSecurity.validate(field.NewPath("podSecurity"))...)
	errs = append(errs, each(field.NewPath("trustedWebhooks"), c.TrustedWebhooks, isWebhook)...)
	errs = append(errs, c.validatePolicyReports(field.NewPath("policyReports"))...)
	errs = append(errs, c.Owner.validate(field.NewPath("owner"))...)
	cidrs := field.NewPath("clusterCIDRs")
	errs = append(errs, each(cidrs.Child("pods"), c.ClusterCIDRs.Pods, isCIDR)...)
	errs = append(errs, each(cidrs.Child("services"), c.ClusterCIDRs.Services, isCIDR)...)
	errs = append(errs, each(cidrs.Child("nodes"), c.ClusterCIDRs.Nodes, isCIDR)...)
	metrics := field.NewPath("metrics")
	errs = append(errs, inRange(metrics.Child("maxWorkloadSeries"), c.Metrics.MaxWorkloadSeries, 0, maxSeries)...)
	errs = append(errs, inRange(metrics.Child("maxNamespaceSeries"), c.Metrics.MaxNamespaceSeries, 0, maxSeries)...)
	errs = append(errs, inRange(field.NewPath("dryRun", "requestsPerSecond"), c.DryRun.RequestsPerSecond, 1, maxDryRuns)...)
	return errs
}

func (c *AuditConfiguration) validatePolicyReports(path *field.Path) field.ErrorList {
	known := []string{NoPolicyReports, OpenReports, WGPolicy}
	if c.PolicyReports != "" && !slices.Contains(known, c.PolicyReports) {
		return field.ErrorList{field.NotSupported(path, c.PolicyReports, known)}
	}
	return nil
}

func (o *Owner) validate(path *field.Path) field.ErrorList {
	var errs field.ErrorList
	if o.Label == "" && len(o.From) > 0 {
		errs = append(errs, field.Required(path.Child("label"), "from says where the label stands"))
	}
	if o.Label != "" {
		errs = append(errs, each(path.Child("label"), []string{o.Label}, validation.IsQualifiedName)...)
	}
	for i, place := range o.From {
		if !slices.Contains(ownerPlaces(), place) {
			errs = append(errs, field.NotSupported(path.Child("from").Index(i), place, ownerPlaces()))
		}
	}
	return errs
}

func (p *PodSecurity) validate(path *field.Path) field.ErrorList {
	var errs field.ErrorList
	defaults, exemptions := path.Child("defaults"), path.Child("exemptions")
	for _, mode := range [...]struct{ name, level, version string }{
		{"enforce", p.Defaults.Enforce, p.Defaults.EnforceVersion},
		{"audit", p.Defaults.Audit, p.Defaults.AuditVersion},
		{"warn", p.Defaults.Warn, p.Defaults.WarnVersion},
	} {
		if _, err := psaapi.ParseLevel(mode.level); mode.level != "" && err != nil {
			errs = append(errs, field.Invalid(defaults.Child(mode.name), mode.level, err.Error()))
		}
		if _, err := psaapi.ParseVersion(mode.version); mode.version != "" && err != nil {
			errs = append(errs, field.Invalid(defaults.Child(mode.name+"-version"), mode.version, err.Error()))
		}
	}
	errs = append(errs, each(exemptions.Child("usernames"), p.Exemptions.Usernames, isGiven)...)
	errs = append(errs, each(exemptions.Child("runtimeClasses"), p.Exemptions.RuntimeClasses, validation.IsDNS1123Subdomain)...)
	return append(errs, each(exemptions.Child("namespaces"), p.Exemptions.Namespaces, validation.IsDNS1123Label)...)
}

func isGiven(value string) []string {
	if value == "" {
		return []string{"must not be empty"}
	}
	return nil
}

// isWebhook accepts the name of a configuration, with or without that of a webhook in it.
func isWebhook(value string) []string {
	configuration, webhook, both := strings.Cut(value, "/")
	problems := validation.IsDNS1123Subdomain(configuration)
	if both {
		problems = append(problems, validation.IsDNS1123Subdomain(webhook)...)
	}
	return problems
}

func isCIDR(value string) []string {
	if prefix, err := netip.ParsePrefix(value); err != nil || prefix != prefix.Masked() {
		return []string{"must be a range of addresses with no bits set behind its mask, such as 10.244.0.0/16"}
	}
	return nil
}

func mustBe(path *field.Path, got, want string) field.ErrorList {
	switch got {
	case want:
		return nil
	case "":
		return field.ErrorList{field.Required(path, "must be "+want)}
	default:
		return field.ErrorList{field.NotSupported(path, got, []string{want})}
	}
}

// each validates every entry of a list, which must not hold one twice.
func each(path *field.Path, entries []string, problems func(string) []string) field.ErrorList {
	var errs field.ErrorList
	seen := make(map[string]struct{}, len(entries))
	for i, entry := range entries {
		if _, twice := seen[entry]; twice {
			errs = append(errs, field.Duplicate(path.Index(i), entry))
			continue
		}
		seen[entry] = struct{}{}
		for _, problem := range problems(entry) {
			errs = append(errs, field.Invalid(path.Index(i), entry, problem))
		}
	}
	return errs
}

// isRegistry accepts a host, with or without a port, and a path: the beginning of a name of an image.
func isRegistry(entry string) []string {
	matched, err := regexp.MatchString(`^[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:[0-9]{1,5})?(/[a-z0-9]+([._-]+[a-z0-9]+)*)*/?$`, entry)
	if err != nil || !matched {
		return []string{"must be a registry with or without a path, such as registry.example:5000/team"}
	}
	return nil
}

func customResources(path *field.Path, kinds []rbac.CustomResource) field.ErrorList {
	var errs field.ErrorList
	names := make([]string, len(kinds))
	for i := range kinds {
		kind, at := &kinds[i], path.Index(i)
		names[i] = kind.Resource + "." + kind.APIGroup
		errs = append(errs, required(at.Child("apiGroup"), kind.APIGroup, validation.IsDNS1123Subdomain)...)
		errs = append(errs, required(at.Child("resource"), kind.Resource, validation.IsDNS1035Label)...)
		errs = append(errs, required(at.Child("field"), kind.Field, isFieldPath)...)
	}
	return append(errs, each(path, names, func(string) []string { return nil })...)
}

func required(path *field.Path, value string, problems func(string) []string) field.ErrorList {
	if value == "" {
		return field.ErrorList{field.Required(path, "must be given")}
	}
	var errs field.ErrorList
	for _, problem := range problems(value) {
		errs = append(errs, field.Invalid(path, value, problem))
	}
	return errs
}

// isFieldPath accepts the names of fields with dots between them; a list may be marked with [*].
func isFieldPath(value string) []string {
	matched, err := regexp.MatchString(`^[A-Za-z][A-Za-z0-9]*(\[\*\])?(\.[A-Za-z][A-Za-z0-9]*(\[\*\])?)*$`, value)
	if err != nil || !matched {
		return []string{"must be the path of a field, such as spec.template or spec.templates[*].container"}
	}
	return nil
}

func inRange(path *field.Path, value, least, most int) field.ErrorList {
	if value < least || value > most {
		return field.ErrorList{field.Invalid(path, value, fmt.Sprintf("must be between %d and %d", least, most))}
	}
	return nil
}
