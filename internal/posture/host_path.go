package posture

import (
	"path"
	"slices"
	"strings"

	"github.com/daysix/daysix/internal/finding"
)

// hostPathClass says what kind of thing a path of the node is (catalogue A.2). The order breaks ties: a directory that
// holds things of several classes, none worse than another, is named after the first of them.
type hostPathClass uint8

// The classes, H01 to H12. The order is that of the ties, not that of the catalogue.
const (
	hostPathRoot             hostPathClass = iota // H01
	hostPathRuntimeSocket                         // H03
	hostPathSystem                                // H02
	hostPathCredentials                           // H04
	hostPathHome                                  // H05
	hostPathProc                                  // H06
	hostPathDevices                               // H07
	hostPathLogs                                  // H08
	hostPathCNI                                   // H09
	hostPathContainerStorage                      // H10
	hostPathKubeletPlugins                        // H11
	hostPathData                                  // H12
)

// hostAccess is what a mount lets a container do, least first.
type hostAccess uint8

const (
	// hostReadRecursive is a mount whose submounts are read-only as well (recursiveReadOnly).
	hostReadRecursive hostAccess = iota
	// hostRead is a read-only mount: what is mounted below it stays writable, and a socket can be connected to.
	hostRead
	hostWrite
)

// hostVerdict is what mounting a path leads to, for a process that is root.
type hostVerdict struct {
	class       hostPathClass
	consequence finding.Consequence
	// condition as in finding.Finding.
	condition string
}

// worse tells whether a goes further than b. The class does not count.
func (a hostVerdict) worse(b hostVerdict) bool {
	if a.consequence == b.consequence {
		return a.condition == "" && b.condition != ""
	}
	if a.tier() != b.tier() {
		return a.tier() > b.tier()
	}
	return a.consequence.Weight().Tier > b.consequence.Weight().Tier
}

func (a hostVerdict) tier() finding.Tier {
	f := finding.Finding{Consequence: a.consequence, Condition: a.condition}
	return f.Tier()
}

// classifyHostPath judges the mount of an effective path of the node (see effectiveHostPath). A path is as bad as the
// worst of: the sensitive entry that it is, or lies in, and the sensitive entries that lie in it.
func classifyHostPath(effective string, access hostAccess) hostVerdict {
	worst := insideVerdict(effective, access)
	if worst.consequence == finding.NodeRoot && worst.condition == "" {
		return worst // Nothing goes further.
	}
	if below, ok := belowVerdict(effective, access); ok && below.worse(worst) {
		worst = below
	}
	if worst.consequence == finding.Contained || worst.consequence == finding.ForeignData {
		worst.class = hostPathData
	}
	return worst
}

// belowVerdict is the worst of the sensitive entries that lie in a directory; ok is false where none does.
func belowVerdict(effective string, access hostAccess) (worst hostVerdict, ok bool) {
	for i := firstEntryBelow(effective); i < len(hostPathEntries) && isBelow(hostPathEntries[i].path, effective); i++ {
		found := hostPathEntries[i].kind.at(access)
		if found.class == hostPathRuntimeSocket && effective == "/var" {
			continue // /var/run is a link to /run: the sockets are not below /var (catalogue A.2, step 6).
		}
		if !ok || found.worse(worst) || !worst.worse(found) && found.class < worst.class {
			worst, ok = found, true
		}
	}
	return worst, ok
}

// insideVerdict judges a path by the nearest entry that it is or lies in.
func insideVerdict(effective string, access hostAccess) hostVerdict {
	if kind, ok := hostPathPattern(effective); ok {
		return kind.below(access)
	}
	for at := effective; ; {
		i, found := slices.BinarySearchFunc(hostPathEntries[:], at, compareEntry)
		if found {
			if at == effective {
				return hostPathEntries[i].kind.at(access)
			}
			return hostPathEntries[i].kind.below(access)
		}
		slash := strings.LastIndexByte(at, '/')
		if slash <= 0 {
			return hostData.at(access)
		}
		at = at[:slash]
	}
}

// firstEntryBelow is the index of the first entry that lies in the directory.
func firstEntryBelow(directory string) int {
	i, found := slices.BinarySearchFunc(hostPathEntries[:], directory, compareEntry)
	if found {
		i++
	}
	// Names such as "/etc-x" sort between "/etc" and "/etc/x".
	for i < len(hostPathEntries) && strings.HasPrefix(hostPathEntries[i].path, directory) &&
		!isBelow(hostPathEntries[i].path, directory) {
		i++
	}
	return i
}

func compareEntry(entry hostPathEntry, target string) int { return strings.Compare(entry.path, target) }

// isBelow tells whether the path lies in the directory and is not the directory itself.
func isBelow(p, directory string) bool {
	if directory == "/" {
		return p != "/" && strings.HasPrefix(p, "/")
	}
	return len(p) > len(directory) && p[len(directory)] == '/' && strings.HasPrefix(p, directory)
}

// effectiveHostPath is what a container sees of a host path: cleaned, narrowed by the mount's subPath, with /var/run
// written as /run, to which it is a link. A Windows path comes out in lower case with slashes: c:/programdata.
//
// An older kubelet than 1.22.2 could be led out of a subPath (CVE-2021-25741); the versions that Daysix supports cannot.
func effectiveHostPath(hostPath, subPath string, windows bool) string {
	if windows || isWindowsPath(hostPath) {
		return effectiveWindowsPath(hostPath, subPath)
	}
	p := hostPath
	if subPath != "" {
		p = p + "/" + subPath
	}
	if !strings.HasPrefix(p, "/") {
		p = "/" + p
	}
	p = path.Clean(p)
	if p == "/var/run" || strings.HasPrefix(p, "/var/run/") {
		p = p[len("/var"):]
	}
	return p
}

// isWindowsPath tells a path that begins with a drive or a host. Every other path may hold a colon, as that of any file on Linux.
func isWindowsPath(p string) bool {
	return strings.HasPrefix(p, `\\`) || len(p) >= 2 && p[1] == ':' && (p[0]|' ' >= 'a' && p[0]|' ' <= 'z')
}

func effectiveWindowsPath(hostPath, subPath string) string {
	p := strings.ToLower(strings.ReplaceAll(hostPath+"/"+subPath, `\`, "/"))
	p = path.Clean(p)
	if strings.HasPrefix(p, "/") && !strings.HasPrefix(p, "/pipe") {
		p = path.Clean("c:" + p)
	}
	return p
}
