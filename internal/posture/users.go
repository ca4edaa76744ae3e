package posture

import corev1 "k8s.io/api/core/v1"

// User is who a container's first process is.
type User struct {
	// Root is true for UID 0, declared, observed or assumed.
	Root bool
	// Source says where the UID is known from.
	Source UserSource
	// UID is meaningful unless the source is UserAssumed or UserNonRoot.
	UID int64
}

// UserSource says how a UID is known.
type UserSource string

// The sources of a UID, strongest first.
const (
	UserObserved UserSource = "status"       // reported by the runtime
	UserDeclared UserSource = "runAsUser"    // declared in the spec
	UserNonRoot  UserSource = "runAsNonRoot" // some UID other than 0, or the container would not start
	UserAssumed  UserSource = "image"        // nothing is said: the image decides, root is assumed
)

func userOf(p *Pod, c *corev1.Container) User {
	if uid, ok := p.Users[c.Name]; ok {
		return User{Root: uid == 0, Source: UserObserved, UID: uid}
	}
	uid, nonRoot := runAsUser(p.Spec, c), runAsNonRoot(p.Spec, c)
	switch {
	case uid != nil:
		return User{Root: *uid == 0, Source: UserDeclared, UID: *uid}
	case isTrue(nonRoot):
		return User{Source: UserNonRoot}
	default:
		return User{Root: true, Source: UserAssumed}
	}
}

// runAsUser is the UID that the spec declares for a container: its own, else the pod's. Nil where neither does.
func runAsUser(spec *corev1.PodSpec, c *corev1.Container) *int64 {
	if c.SecurityContext != nil && c.SecurityContext.RunAsUser != nil {
		return c.SecurityContext.RunAsUser
	}
	if spec.SecurityContext != nil {
		return spec.SecurityContext.RunAsUser
	}
	return nil
}

// runAsNonRoot is what the spec declares for a container: its own, else the pod's. Nil where neither does.
func runAsNonRoot(spec *corev1.PodSpec, c *corev1.Container) *bool {
	if c.SecurityContext != nil && c.SecurityContext.RunAsNonRoot != nil {
		return c.SecurityContext.RunAsNonRoot
	}
	if spec.SecurityContext != nil {
		return spec.SecurityContext.RunAsNonRoot
	}
	return nil
}

// runAsGroup is the GID that the spec declares for a container: its own, else the pod's. Nil where neither does.
func runAsGroup(spec *corev1.PodSpec, c *corev1.Container) *int64 {
	if c.SecurityContext != nil && c.SecurityContext.RunAsGroup != nil {
		return c.SecurityContext.RunAsGroup
	}
	if spec.SecurityContext != nil {
		return spec.SecurityContext.RunAsGroup
	}
	return nil
}

// runAsUserName is the Windows user that the spec declares for a container; empty where it declares none.
func runAsUserName(spec *corev1.PodSpec, c *corev1.Container) string {
	if sc := c.SecurityContext; sc != nil && sc.WindowsOptions != nil && sc.WindowsOptions.RunAsUserName != nil {
		return *sc.WindowsOptions.RunAsUserName
	}
	if sc := spec.SecurityContext; sc != nil && sc.WindowsOptions != nil && sc.WindowsOptions.RunAsUserName != nil {
		return *sc.WindowsOptions.RunAsUserName
	}
	return ""
}
