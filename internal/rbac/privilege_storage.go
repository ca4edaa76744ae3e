package rbac

import "github.com/daysix/daysix/internal/finding"

func createPersistentVolumes() Privilege {
	return Privilege{
		ID: "RBACCreatePersistentVolumes", Catalogue: []string{"R25"},
		Title:   "May create PersistentVolumes",
		Why:     "A PersistentVolume may be a directory of the node; a claim on it passes every Pod Security level.",
		Fix:     "Use dynamic provisioning, and leave PersistentVolumes to the provisioner.",
		Cluster: []Effect{when("A pod that the holder controls must use a claim on the volume.", finding.NodeRoot)},
		Needs:   [][]Access{anyOf(clusterScoped("", "persistentvolumes", "create"))},
		Sources: "Kubernetes documentation, RBAC Good Practices, persistent volume creation; Kubescape C-0278.",
	}
}

func mountHostPathVolumes() Privilege {
	return Privilege{
		ID: "RBACMountHostPathVolumes", Catalogue: []string{"R25", "R04"},
		Title:   "May mount directories of nodes through PersistentVolumes",
		Why:     "A hostPath volume behind a claim reaches the node's files from a pod that restricted admits: root on the node.",
		Fix:     "Remove create on persistentvolumes.",
		Cluster: certain(finding.NodeRoot, finding.MultiNode), Namespace: certain(finding.NodeRoot, finding.MultiNode),
		Needs: [][]Access{
			anyOf(clusterScoped("", "persistentvolumes", "create")),
			append(workloads("create", "update", "patch"), namespaced("", "pods", "create")),
		},
		Sources: "Kubernetes documentation, RBAC Good Practices, persistent volume creation.",
	}
}

func writeVolumeClaims() Privilege {
	return Privilege{
		ID: "RBACWriteVolumeClaims", Catalogue: []string{"R26"},
		Title:     "May write volume claims",
		Why:       "A claim can take a released volume with what is left on it.",
		Fix:       "Leave volume claims to the tool that deploys the workload.",
		Cluster:   []Effect{when("A volume that was kept must be free, and a pod must mount the claim.", finding.ForeignData)},
		Namespace: []Effect{when("A volume that was kept must be free, and a pod must mount the claim.", finding.ForeignData)},
		Needs:     [][]Access{anyOf(namespaced("", "persistentvolumeclaims", "create", "update", "patch"))},
		Sources:   "Derived from the binding of claims to volumes.",
	}
}

func writeStorageClasses() Privilege {
	const storage = "storage.k8s.io"
	return Privilege{
		ID: "RBACWriteStorageClasses", Catalogue: []string{"R26"},
		Title: "May write storage classes, drivers or attachments",
		Why:   "The holder chooses the provisioner and its parameters; some provisioners make directories of the node.",
		Fix:   "Leave storage.k8s.io to the storage driver and the people who run it.",
		Cluster: []Effect{
			{Consequence: finding.ForeignData}, when("A provisioner that uses directories of the node must run.", finding.NodeRead),
		},
		Needs: [][]Access{anyOf(
			clusterScoped(storage, "storageclasses", "create", "update", "patch"),
			clusterScoped(storage, "csidrivers", "create", "update", "patch"),
			clusterScoped(storage, "volumeattachments", "create", "update", "patch"),
		)},
		Sources: "rbac-tool, storage and data.",
	}
}

func writeDevices() Privilege {
	const resource = "resource.k8s.io"
	verbs := []string{"create", "update", "patch"}
	return Privilege{
		ID: "RBACWriteDevices", Catalogue: []string{"R40"},
		Title:     "May write device classes or claims",
		Why:       "A claim with adminAccess reaches devices that other tenants use; a device class configures the driver.",
		Fix:       "Leave device classes to the driver, and the label resource.kubernetes.io/admin-access off the namespace.",
		Cluster:   []Effect{when("A device driver must run, and admin access be allowed in a namespace.", finding.NodeRead)},
		Namespace: []Effect{when("The namespace must allow admin access to devices.", finding.NodeRead)},
		Needs: [][]Access{anyOf(
			clusterScoped(resource, "deviceclasses", verbs...), clusterScoped(resource, "resourceslices", verbs...),
			namespaced(resource, "resourceclaims", verbs...), namespaced(resource, "resourceclaimtemplates", verbs...),
		)},
		Sources: "KEP-5018.",
	}
}
