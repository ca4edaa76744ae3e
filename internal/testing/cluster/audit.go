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

// auditPolicy keeps what changes the cluster, and who reads Secrets. RequestReceived is written before a request is handled,
// so that a client that has its answer finds its request in the log.
const auditPolicy = `apiVersion: audit.k8s.io/v1
kind: Policy
omitStages: [ResponseStarted]
rules:
- level: Metadata
  verbs: [create, update, patch, delete, deletecollection]
- level: Metadata
  verbs: [get, list, watch]
  resources: [{group: "", resources: [secrets]}]
- level: None
`

// Request is a request to change something, or to read a Secret, as the API server saw it.
type Request struct {
	User, Verb, Resource, Subresource, Namespace, Name string
	// Code is the HTTP status that the API server answered with, 0 while the request is being handled. A request that
	// was refused is a Request too.
	Code int
	// DryRun is a write that was not persisted.
	DryRun bool
}

// Mark is a point in time, before or after which a request was received.
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
func (c *Cluster) Writes(since Mark, user string) ([]Request, error) {
	return c.requests(since, func(e *auditEvent) bool { return !e.reads() && (user == "" || e.User.Username == user) })
}

// SecretReads are the requests for Secrets, or for their metadata, that were received since the mark, oldest first, by one
// user. A watch counts when it begins.
func (c *Cluster) SecretReads(since Mark, user string) ([]Request, error) {
	return c.requests(since, func(e *auditEvent) bool { return e.reads() && e.User.Username == user })
}

// requests are those that are wanted and were received since the mark.
func (c *Cluster) requests(since Mark, wanted func(*auditEvent) bool) ([]Request, error) {
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
	requests, err := readRequests(lines, wanted)
	if err != nil {
		return nil, fmt.Errorf("reading the audit log: %w", err)
	}
	return requests, nil
}

func readRequests(lines *bufio.Reader, wanted func(*auditEvent) bool) ([]Request, error) {
	var requests []Request
	position := make(map[string]int)
	for {
		line, err := lines.ReadBytes('\n')
		if errors.Is(err, io.EOF) {
			// A last line without its end is still being written.
			return requests, nil
		}
		if err != nil {
			return nil, err
		}
		var event auditEvent
		if err := json.Unmarshal(line, &event); err != nil {
			return nil, err
		}
		if !wanted(&event) {
			continue
		}
		at, known := position[event.AuditID]
		switch {
		case event.Stage == "RequestReceived":
			position[event.AuditID] = len(requests)
			requests = append(requests, event.request())
		case known:
			requests[at] = event.request()
		}
	}
}

// reads tells a request that changes nothing.
func (e *auditEvent) reads() bool { return e.Verb == "get" || e.Verb == "list" || e.Verb == "watch" }

func (e *auditEvent) request() Request {
	_, query, _ := strings.Cut(e.RequestURI, "?")
	return Request{
		User: e.User.Username, Verb: e.Verb, Resource: e.ObjectRef.Resource, Subresource: e.ObjectRef.Subresource,
		Namespace: e.ObjectRef.Namespace, Name: e.ObjectRef.Name, Code: e.ResponseStatus.Code,
		DryRun: strings.Contains(query, "dryRun="),
	}
}
