package attackgraph

import "github.com/daysix/daysix/internal/finding"

func readNodeLogs() Edge {
	return Edge{
		ID: "ReadNodeLogs", Catalogue: []string{"R18f", "H08"}, ATTACK: []string{"T1552.007", "T1611"},
		From: between(KindPermissionSet), To: between(KindAllNodeFiles, KindNodeFiles),
		Title:   "Read files of nodes through their logs",
		Why:     "The kubelet serves the files below /var/log; a symbolic link there leads to any file of the node.",
		Sources: "KEP-2862; KubeHound CE_VAR_LOG_SYMLINK.",
		rights: []right{{
			privileges: powers("RBACReadNodeLogs"), consequences: []finding.Consequence{finding.NodeRead},
			to: KindAllNodeFiles, named: filesOfNamedNodes,
		}},
	}
}
