package cluster

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
)

// auditPolicy keeps what changes the cluster. RequestReceived is written before a request is handled, so that a client
// that has its answer finds its request in the log.
const auditPolicy = `apiVersion: audit.k8s.io/v1
kind: Policy
omitStages: [ResponseStarted]
rules:
- level: Metadata
  verbs: [create, update, patch, delete, deletecollection]
- level: None
`

// Write is a request to change something, as the API server saw it.
type Write struct {
	User, Verb, Resource, Subresource, Namespace, Name string
	// Code is the HTTP status that the API server answered with, 0 while the request is being handled. A request that
	// was refused is a Write too.
	Code int
	// DryRun is a write that was not persisted.
	DryRun bool
}

// Mark is a point in time, before or after which a write was received.
type Mark int64

type auditEvent struct {
	AuditID    string `json:"auditID"`
	Stage      string `json:"stage"`
	Verb       string `json:"verb"`
	RequestURI string `json:"requestURI"`
	User       struct {
		Username string `json:"username"`
	} `json:"user"`
	ObjectRef struct {
		Resource    string `json:"resource"`
		Subresource string `json:"subresource"`
		Namespace   string `json:"namespace"`
		Name        string `json:"name"`
	} `json:"objectRef"`
	ResponseStatus struct {
		Code int `json:"code"`
	} `json:"responseStatus"`
}

func (c *Cluster) auditLog() string { return filepath.Join(c.dir, "audit.log") }

func (c *Cluster) writeAuditPolicy() (string, error) {
	if err := os.Remove(c.auditLog()); err != nil && !errors.Is(err, os.ErrNotExist) {
		return "", fmt.Errorf("removing the audit log of an earlier run: %w", err)
	}
	path := filepath.Join(c.dir, "audit-policy.yaml")
	if err := os.WriteFile(path, []byte(auditPolicy), 0o600); err != nil {
		return "", fmt.Errorf("writing the audit policy: %w", err)
	}
	return path, nil
}

// Mark is now: Writes then leaves out what the API server has received before.
func (c *Cluster) Mark() (Mark, error) {
	info, err := os.Stat(c.auditLog())
	if err != nil {
		return 0, fmt.Errorf("reading the audit log: %w", err)
	}
	return Mark(info.Size()), nil
}

// Writes are the writes that were received since the mark, oldest first, by one user, or by everybody where user is
// empty. Token and access reviews count: they are creations. Mark 0 is the start of the cluster.
func (c *Cluster) Writes(since Mark, user string) ([]Write, error) {
	file, err := os.Open(c.auditLog())
	if err != nil {
		return nil, fmt.Errorf("reading the audit log: %w", err)
	}
	defer file.Close()
	lines := bufio.NewReader(file)
	if since > 0 {
		// The mark may have fallen into a line that was being written: that one counts as received before it.
		if _, err := file.Seek(int64(since)-1, io.SeekStart); err != nil {
			return nil, fmt.Errorf("reading the audit log: %w", err)
		}
		if _, err := lines.ReadBytes('\n'); err != nil {
			return nil, fmt.Errorf("reading the audit log: %w", err)
		}
	}
	writes, err := readWrites(lines, user)
	if err != nil {
		return nil, fmt.Errorf("reading the audit log: %w", err)
	}
	return writes, nil
}

func readWrites(lines *bufio.Reader, user string) ([]Write, error) {
	var writes []Write
	position := make(map[string]int)
	for {
		line, err := lines.ReadBytes('\n')
		if errors.Is(err, io.EOF) {
			// A last line without its end is still being written.
			return writes, nil
		}
		if err != nil {
			return nil, err
		}
		var event auditEvent
		if err := json.Unmarshal(line, &event); err != nil {
			return nil, err
		}
		if user != "" && event.User.Username != user {
			continue
		}
		at, known := position[event.AuditID]
		switch {
		case event.Stage == "RequestReceived":
			position[event.AuditID] = len(writes)
			writes = append(writes, event.write())
		case known:
			writes[at] = event.write()
		}
	}
}

func (e auditEvent) write() Write {
	_, query, _ := strings.Cut(e.RequestURI, "?")
	return Write{
		User: e.User.Username, Verb: e.Verb, Resource: e.ObjectRef.Resource, Subresource: e.ObjectRef.Subresource,
		Namespace: e.ObjectRef.Namespace, Name: e.ObjectRef.Name, Code: e.ResponseStatus.Code,
		DryRun: strings.Contains(query, "dryRun="),
	}
}
