package posture

import (
	"strconv"

	"github.com/daysix/daysix/internal/finding"
	"github.com/daysix/daysix/internal/snapshot"
)

// A credential that is written into the spec is readable by everyone who may get pods or their workload, and stands in the
// manifests, in etcd without the encryption of Secrets, and in every backup.
//
// Fields: spec.{containers,initContainers,ephemeralContainers}[*].{env[*].value,command[*],args[*]}
// Finds:  a literal under a name such as *_PASSWORD or *_TOKEN; a URL with a password. Never a switch, path or reference. Of
// arguments only URLs count: --tls-secret names a Secret, --no-password is a switch, and a script takes $PASSWORD from elsewhere.
// The value itself is never reported. Conditional unless the name belongs to source control: it may be worthless.
func credentialInSpec() Check {
	return Check{
		ID:        "CredentialInSpec",
		Catalogue: []string{"S04"},
		Title:     "Credential in the pod spec",
		Worst:     finding.ValuableSecret,
		Find:      findCredentialInSpec,
		// No Fix: a Secret has to be made first, and the credential to be changed.
	}
}

const keepInSecret = "Change the credential, keep it in a Secret, and pass it by a volume or secretKeyRef."

// redacted stands for a literal that is never reported.
const redacted = "<redacted>"

func findCredentialInSpec(p *Pod, out *Findings) {
	for i := range p.Containers {
		c := &p.Containers[i]
		for j := range c.Env {
			name, value := c.Env[j].Name, c.Env[j].Value
			if value == "" || !snapshot.PasswordInURL(value) && (!credentialName(name) || snapshot.PlainValue(value)) {
				continue
			}
			condition := conditionLiteral
			if sourceControlName(name) {
				condition = ""
			}
			out.Add(finding.Finding{
				Consequence: finding.ValuableSecret,
				Condition:   condition,
				Container:   c.Name,
				Field:       c.Path("env[" + strconv.Itoa(j) + "].value"),
				Value:       redacted,
				Message:     "The value of " + name + " stands in the spec: everyone who may get pods can read it.",
				Remediation: keepInSecret,
			})
		}
		c.eachArgument(func(field string, a *snapshot.Address) {
			if a.Password {
				out.Add(finding.Finding{
					Consequence: finding.ValuableSecret, Condition: conditionURL, Container: c.Name, Field: field, Value: redacted,
					Message:     "A URL with a password stands in the spec: everyone who may get pods can read it.",
					Remediation: keepInSecret,
				})
			}
		})
	}
}
