package posture

import (
	"strconv"

	corev1 "k8s.io/api/core/v1"
)

// SecretReference is one place of the spec that hands the content of a Secret to containers. Pull secrets and those that
// only the kubelet passes to a CSI driver are none: no container can read them (P13).
type SecretReference struct {
	// Secret is the name of the Secret, or of the SecretProviderClass where Source says so.
	Secret string
	Source SecretSource
	// Container is empty for a volume: several containers may mount it.
	Container string
	// Field is the path where the reference stands.
	Field string
	// Names are what the reference calls the content: the environment variable and the keys. Empty where it takes all keys.
	Names []string
	// Keys are those that it takes. Empty: all.
	Keys []string
}

// SecretSource is the way a Secret takes into the container.
type SecretSource string

// The ways into the container.
const (
	SecretFromEnvironment SecretSource = "environment"
	SecretFromVolume      SecretSource = "volume"
	SecretFromProvider    SecretSource = "provider"
)

// secretsStoreDriver is the CSI driver of the Secrets Store (sigs.k8s.io/secrets-store-csi-driver).
const secretsStoreDriver = "secrets-store.csi.k8s.io"

func (p *Pod) addSecretsOfEnvironment(c *Container) {
	for i := range c.EnvFrom {
		if ref := c.EnvFrom[i].SecretRef; ref != nil {
			p.Secrets = append(p.Secrets, SecretReference{
				Secret: ref.Name, Source: SecretFromEnvironment, Container: c.Name,
				Field: c.Path("envFrom[" + strconv.Itoa(i) + "].secretRef.name"),
			})
		}
	}
	for i := range c.Env {
		if from := c.Env[i].ValueFrom; from != nil && from.SecretKeyRef != nil {
			names := []string{c.Env[i].Name, from.SecretKeyRef.Key}
			p.Secrets = append(p.Secrets, SecretReference{
				Secret: from.SecretKeyRef.Name, Source: SecretFromEnvironment, Container: c.Name,
				Field: c.Path("env[" + strconv.Itoa(i) + "].valueFrom.secretKeyRef.name"),
				Names: names, Keys: names[1:],
			})
		}
	}
}

func (p *Pod) addSecretsOfVolumes() {
	for i := range p.Spec.Volumes {
		v := &p.Spec.Volumes[i]
		if v.Secret == nil && v.Projected == nil && v.CSI == nil || !p.mountsVolume(v.Name) {
			continue
		}
		path := "spec.volumes[" + strconv.Itoa(i) + "]."
		switch {
		case v.Secret != nil:
			p.addSecretVolume(v.Secret.SecretName, path+"secret.secretName", v.Secret.Items)
		case v.Projected != nil:
			for j := range v.Projected.Sources {
				if secret := v.Projected.Sources[j].Secret; secret != nil {
					p.addSecretVolume(secret.Name, path+"projected.sources["+strconv.Itoa(j)+"].secret.name", secret.Items)
				}
			}
		case v.CSI.Driver == secretsStoreDriver:
			p.Secrets = append(p.Secrets, SecretReference{
				Secret: v.CSI.VolumeAttributes["secretProviderClass"], Source: SecretFromProvider,
				Field: path + "csi.volumeAttributes.secretProviderClass",
			})
		}
	}
}

func (p *Pod) addSecretVolume(secret, field string, items []corev1.KeyToPath) {
	ref := SecretReference{Secret: secret, Source: SecretFromVolume, Field: field}
	for i := range items {
		ref.Names = append(ref.Names, items[i].Key)
	}
	ref.Keys = ref.Names
	p.Secrets = append(p.Secrets, ref)
}

// worstBySecret picks, for every container and Secret, the first of the references with the highest rank, so that a Secret
// of which a container takes ten keys is reported once. Rank 0 leaves a reference out. It returns indexes into p.Secrets.
func (p *Pod) worstBySecret(rank func(*SecretReference) int) []int {
	type taken struct {
		secret, container string
		source            SecretSource
	}
	var picked []int
	at := make(map[taken]int)
	for i := range p.Secrets {
		ref := &p.Secrets[i]
		own := rank(ref)
		if own == 0 {
			continue
		}
		key := taken{ref.Secret, ref.Container, ref.Source}
		known, is := at[key]
		switch {
		case !is:
			at[key] = len(picked)
			picked = append(picked, i)
		case own > rank(&p.Secrets[picked[known]]):
			picked[known] = i
		}
	}
	return picked
}
