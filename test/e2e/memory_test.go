package e2e

import (
	"bufio"
	"bytes"
	"fmt"
	"os"
	"strings"
)

// inMemory tells which of some texts are anywhere in the memory of a process: its heap, freed or not, its stacks and its
// buffers.
func inMemory(pid int, texts ...string) (found []string, err error) {
	maps, err := os.Open(fmt.Sprintf("/proc/%d/maps", pid))
	if err != nil {
		return nil, err
	}
	defer maps.Close()
	memory, err := os.Open(fmt.Sprintf("/proc/%d/mem", pid))
	if err != nil {
		return nil, err
	}
	defer memory.Close()
	left := texts
	for lines := bufio.NewScanner(maps); lines.Scan(); {
		var from, to uint64
		var mode string
		if _, err := fmt.Sscanf(lines.Text(), "%x-%x %s", &from, &to, &mode); err != nil {
			return nil, err
		}
		if !strings.HasPrefix(mode, "rw") {
			continue
		}
		region := make([]byte, to-from)
		if _, err := memory.ReadAt(region, int64(from)); err != nil {
			continue // It has been given back meanwhile.
		}
		var missing []string
		for _, text := range left {
			if bytes.Contains(region, []byte(text)) {
				found = append(found, text)
			} else {
				missing = append(missing, text)
			}
		}
		left = missing
	}
	return found, nil
}
