package posture

import (
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/daysix/daysix/internal/finding"
	"github.com/daysix/daysix/internal/snapshot"
)

// A process that is root owns every file of its container, uses every default capability, and is root for the kernel when
// a flaw of the runtime lets it out.
//
// Fields: status.*ContainerStatuses[*].user.linux.uid, else
// spec.securityContext.runAsUser, spec.{containers,initContainers,ephemeralContainers}[*].securityContext.runAsUser,
// and windowsOptions.runAsUserName beside both
// Finds:  0; ContainerAdministrator
// With hostUsers: false the UID on the node is an unprivileged one, which lowers the finding.
func runAsRoot() Check {
	return Check{
		ID:          "RunAsRoot",
		Catalogue:   []string{"P06"},
		Title:       "Container runs as root",
		Worst:       finding.EscapeAid,
		PodSecurity: "restricted",
		Find:        findRunAsRoot,
		Breaks:      "The container does not start unless its image names another user, who may lack the right to its files.",
		Fix:         fixRunAsRoot,
	}
}

func findRunAsRoot(p *Pod, out *Findings) {
	for i := range p.Containers {
		c := &p.Containers[i]
		name := runAsUserName(p.Spec, c.Container)
		windows := containerAdministrator(name)
		if !windows && (p.Windows || !c.User.Root || c.User.Source == UserAssumed) {
			continue
		}
		found := finding.Finding{
			Consequence: finding.EscapeAid,
			Condition:   p.userNamespaceCondition(),
			Container:   c.Name,
			Field:       p.rootField(c),
			Value:       "0",
			Message:     "The container runs as root, which most escapes through the runtime or the kernel need.",
			Remediation: "Set runAsNonRoot: true and a runAsUser other than 0 that the image supports.",
		}
		if windows {
			found.Field, found.Value = p.userNameField(c), name
			found.Message = "ContainerAdministrator may change the system files of its container."
			found.Remediation = "Set windowsOptions.runAsUserName to ContainerUser."
		}
		out.Add(found)
	}
}

// rootField is where the UID 0 is known from.
func (p *Pod) rootField(c *Container) string {
	switch {
	case c.SecurityContext != nil && c.SecurityContext.RunAsUser != nil && *c.SecurityContext.RunAsUser == 0:
		return c.Path("securityContext.runAsUser")
	case c.User.Source == UserDeclared:
		return "spec.securityContext.runAsUser"
	case c.Kind == Ephemeral:
		return "status.ephemeralContainerStatuses[*].user.linux.uid"
	case c.Kind == Regular:
		return "status.containerStatuses[*].user.linux.uid"
	default:
		return "status.initContainerStatuses[*].user.linux.uid"
	}
}

func (p *Pod) userNameField(c *Container) string {
	if sc := c.SecurityContext; sc != nil && sc.WindowsOptions != nil && sc.WindowsOptions.RunAsUserName != nil {
		return c.Path("securityContext.windowsOptions.runAsUserName")
	}
	return "spec.securityContext.windowsOptions.runAsUserName"
}

// containerAdministrator compares without the domain and without regard to case, as Windows does.
func containerAdministrator(name string) bool {
	return strings.EqualFold(name[strings.LastIndexByte(name, '\\')+1:], "ContainerAdministrator")
}

func fixRunAsRoot(spec *corev1.PodSpec) {
	if sc := spec.SecurityContext; sc != nil {
		sc.RunAsUser = withoutRoot(sc.RunAsUser)
		withoutAdministrator(sc.WindowsOptions)
	}
	eachSecurityContext(spec, func(sc *corev1.SecurityContext) {
		sc.RunAsUser = withoutRoot(sc.RunAsUser)
		withoutAdministrator(sc.WindowsOptions)
	})
	refuseRoot(spec)
}

func withoutRoot(id *int64) *int64 {
	if id != nil && *id == 0 {
		return nil
	}
	return id
}

func withoutAdministrator(options *corev1.WindowsSecurityContextOptions) {
	if options != nil && options.RunAsUserName != nil && containerAdministrator(*options.RunAsUserName) {
		user := "ContainerUser"
		options.RunAsUserName = &user
	}
}

// refuseRoot sets runAsNonRoot for the containers whose user the image decides.
func refuseRoot(spec *corev1.PodSpec) {
	snapshot.EachContainer(spec, func(c *corev1.Container) {
		if runAsUser(spec, c) == nil && !isTrue(runAsNonRoot(spec, c)) {
			yes := true
			securityContext(c).RunAsNonRoot = &yes
		}
	})
}
