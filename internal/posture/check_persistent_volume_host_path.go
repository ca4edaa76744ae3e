package posture

import "github.com/daysix/daysix/internal/finding"

// conditionClaimData is what decides about a directory of the node that was made for a claim.
const conditionClaimData = "What else lies in the directory decides: one made for the claim alone holds nothing foreign."

// A claim hides the node behind a PersistentVolume: Pod Security lets every claim pass, the path is the same path.
//
// Fields: spec.volumes[*].persistentVolumeClaim.claimName, with the path of the bound PersistentVolume's spec.hostPath
// or spec.local
// Finds:  each mount of such a claim, in each container, judged by the table of the hostPath checks
// Certain and conditional as those; a plain directory is conditional, since most were made for the claim.
func persistentVolumeHostPath() Check {
	return Check{
		ID:        "PersistentVolumeHostPath",
		Catalogue: []string{"P15"},
		Title:     "Claim leads to a directory of the node",
		Worst:     finding.NodeRoot,
		Find:      findPersistentVolumeHostPath,
		// The volume is chosen by the claim and the cluster: no change of the pod's spec alone helps.
	}
}

func findPersistentVolumeHostPath(p *Pod, out *Findings) {
	for i := range p.hostMounts {
		m := &p.hostMounts[i]
		if m.claim == nil {
			continue
		}
		message := "PersistentVolume " + m.claim.PersistentVolume + " is " + m.claim.Path + " of the node. " + m.message()
		found := m.finding(p, message, "Use a StorageClass of another kind, or a directory made for this claim alone.")
		if m.consequence == finding.ForeignData {
			found.Condition = firstCondition(found.Condition, conditionClaimData)
		}
		out.Add(found)
	}
}
