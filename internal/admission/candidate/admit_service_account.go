package candidate

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/utils/ptr"
)

const (
	// defaultServiceAccount is the account of a pod that names none.
	defaultServiceAccount = "default"
	// tokenMountPath is where a container finds the token of its pod.
	tokenMountPath = "/var/run/secrets/kubernetes.io/serviceaccount"
	// apiTokenSeconds is how long the token of the volume is valid: an hour and seven seconds, by which the API server knows
	// the tokens that old clients may use for longer.
	apiTokenSeconds = 60*60 + 7
	// mountableSecretsAnnotation lets a ServiceAccount refuse pods that name Secrets it does not (deprecated since 1.32).
	mountableSecretsAnnotation = "kubernetes.io/enforce-mountable-secrets"
)

// applyServiceAccount gives the pod its account, the token, and the pull secrets of the account where it has none itself.
func applyServiceAccount(o *Outcome, accounts Objects[corev1.ServiceAccount]) {
	spec := &o.Pod.Spec
	if spec.ServiceAccountName == "" {
		spec.ServiceAccountName, spec.DeprecatedServiceAccount = defaultServiceAccount, defaultServiceAccount
	}
	if !accounts.Known {
		o.unknown(ServiceAccount, "ServiceAccount", spec.ServiceAccountName)
		return
	}
	account := named(accounts, spec.ServiceAccountName)
	if account == nil {
		o.deny(ServiceAccount, "ServiceAccount", spec.ServiceAccountName, "there is no ServiceAccount "+spec.ServiceAccountName)
		return
	}
	if automounts(account, spec) {
		mountToken(spec)
	}
	if len(spec.ImagePullSecrets) == 0 {
		spec.ImagePullSecrets = slices.Clone(account.ImagePullSecrets)
	}
	if on, err := strconv.ParseBool(account.Annotations[mountableSecretsAnnotation]); err == nil && on {
		for _, message := range notMountable(spec, account) {
			o.deny(ServiceAccount, "ServiceAccount", account.Name, message)
		}
	}
}

// automounts asks the pod, then the account; where both are silent the token is mounted.
func automounts(account *corev1.ServiceAccount, spec *corev1.PodSpec) bool {
	for _, wish := range [...]*bool{spec.AutomountServiceAccountToken, account.AutomountServiceAccountToken} {
		if wish != nil {
			return *wish
		}
	}
	return true
}

// mountToken mounts the volume of the token into the containers that have nothing at its place, and adds it where one does.
// Any volume whose name begins like that of the token is taken for it.
func mountToken(spec *corev1.PodSpec) {
	at := slices.IndexFunc(spec.Volumes, func(v corev1.Volume) bool { return strings.HasPrefix(v.Name, tokenVolumePrefix) })
	name := tokenVolumePrefix + UnknownSuffix
	if at >= 0 {
		name = spec.Volumes[at].Name
	}
	mounted := false
	eachContainer(spec, func(c *corev1.Container) {
		if slices.ContainsFunc(c.VolumeMounts, func(m corev1.VolumeMount) bool { return m.MountPath == tokenMountPath }) {
			return
		}
		c.VolumeMounts = append(c.VolumeMounts, corev1.VolumeMount{Name: name, ReadOnly: true, MountPath: tokenMountPath})
		mounted = true
	})
	if mounted && at < 0 {
		spec.Volumes = append(spec.Volumes, tokenVolume(name))
	}
}

func tokenVolume(name string) corev1.Volume {
	return corev1.Volume{Name: name, VolumeSource: corev1.VolumeSource{Projected: &corev1.ProjectedVolumeSource{
		DefaultMode: ptr.To(corev1.ProjectedVolumeSourceDefaultMode),
		Sources: []corev1.VolumeProjection{
			{ServiceAccountToken: &corev1.ServiceAccountTokenProjection{Path: "token", ExpirationSeconds: ptr.To[int64](apiTokenSeconds)}},
			{ConfigMap: &corev1.ConfigMapProjection{
				LocalObjectReference: corev1.LocalObjectReference{Name: "kube-root-ca.crt"},
				Items:                []corev1.KeyToPath{{Key: "ca.crt", Path: "ca.crt"}},
			}},
			{DownwardAPI: &corev1.DownwardAPIProjection{Items: []corev1.DownwardAPIVolumeFile{{
				Path: "namespace", FieldRef: &corev1.ObjectFieldSelector{APIVersion: "v1", FieldPath: "metadata.namespace"},
			}}}},
		},
	}}}
}

// notMountable are the Secrets that a pod names and its account does not.
func notMountable(spec *corev1.PodSpec, account *corev1.ServiceAccount) []string {
	var messages []string
	refuse := func(path, secret string, allowed bool) {
		if !allowed {
			messages = append(messages, fmt.Sprintf("%s names Secret %s, which the ServiceAccount does not list", path, secret))
		}
	}
	lists := func(secret string) bool {
		return slices.ContainsFunc(account.Secrets, func(s corev1.ObjectReference) bool { return s.Name == secret })
	}
	for i := range spec.Volumes {
		if source := spec.Volumes[i].Secret; source != nil {
			refuse("volume "+spec.Volumes[i].Name, source.SecretName, lists(source.SecretName))
		}
	}
	eachContainer(spec, func(c *corev1.Container) {
		for i := range c.Env {
			if from := c.Env[i].ValueFrom; from != nil && from.SecretKeyRef != nil {
				refuse("container "+c.Name+", variable "+c.Env[i].Name, from.SecretKeyRef.Name, lists(from.SecretKeyRef.Name))
			}
		}
		for i := range c.EnvFrom {
			if ref := c.EnvFrom[i].SecretRef; ref != nil {
				refuse("container "+c.Name+", envFrom", ref.Name, lists(ref.Name))
			}
		}
	})
	for _, secret := range spec.ImagePullSecrets {
		refuse("imagePullSecrets", secret.Name, slices.Contains(account.ImagePullSecrets, secret))
	}
	return messages
}
