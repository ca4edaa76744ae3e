package posture

import "github.com/daysix/daysix/internal/finding"

const (
	conditionMetadataEgress = "Egress policies and the metadata service's hop limit decide whether it answers, " +
		"the node's cloud role what the credentials open."
	conditionMetadataRole = "The metadata service's settings and the node's cloud role decide; " +
		"no hop limit and hardly any policy holds a pod on the host network."
)

// The metadata service of a cloud hands the credentials of the node's role to whoever asks from the node or, unless
// something is in the way, from a pod.
//
// Fields: none of the spec but hostNetwork; the node's spec.providerID names the cloud
// Finds:  a node of a cloud that has such a service
// Conditional: neither the hop limit nor the role is in the API.
func cloudMetadata() Check {
	return Check{
		ID:        "CloudMetadata",
		Catalogue: []string{"P21"},
		Title:     "Node's cloud credentials may be within reach",
		Worst:     finding.ValuableSecret,
		Find:      findCloudMetadata,
	}
}

func findCloudMetadata(p *Pod, out *Findings) {
	if !hasMetadataService(p.Placement.CloudProvider) {
		return
	}
	found := finding.Finding{
		Consequence: finding.ValuableSecret,
		Condition:   conditionMetadataEgress,
		Field:       "spec.nodeName",
		Value:       p.Spec.NodeName,
		Message:     "From the pod the metadata service of the cloud may give out the credentials of the node's role.",
		Remediation: "Deny egress to 169.254.169.254/32 (and fd00:ec2::254/128), require session tokens with hop limit 1.",
	}
	if p.Spec.HostNetwork {
		found.Condition = conditionMetadataRole
		found.Field, found.Value = "spec.hostNetwork", "true"
		found.Message = "On the host network the metadata service of the cloud takes the pod for the node itself."
		found.Remediation = "Leave the host network; give the workload a cloud identity of its own and the node's role less."
	}
	out.Add(found)
}

// The providers, by the prefix of spec.providerID, whose nodes reach a metadata service on a link-local address. Not
// every prefix is a cloud: kind and k3s set one as well.
func hasMetadataService(provider string) bool {
	switch provider {
	case "aws", "azure", "digitalocean", "gce", "hcloud", "ibm", "oci", "openstack":
		return true
	default:
		return false
	}
}
