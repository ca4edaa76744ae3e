package cluster

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

const (
	// stopTimeout is how long a component may take to end on its own before it is killed.
	stopTimeout = 10 * time.Second
	// tailBytes is how much of a component's log goes into an error.
	tailBytes = 2000
)

// guardScript waits for the end of its standard input, which this process holds open for as long as it lives, and then
// kills every process that has a pid file. Unlike a death signal it does not depend on the thread that started it.
const guardScript = `cat >/dev/null
for file in "$1"/*.pid; do [ -f "$file" ] && kill -9 "$(cat "$file")" 2>/dev/null; done
[ -z "$2" ] || rm -rf "$2"`

// guard is a process that outlives this one just long enough to end the others.
type guard struct {
	cmd      *exec.Cmd
	lifeline *os.File
}

// startGuard watches over the pid files in pids. It removes the folder scratch too, unless that is empty.
func startGuard(pids, scratch string) (*guard, error) {
	read, write, err := os.Pipe()
	if err != nil {
		return nil, fmt.Errorf("making the lifeline of the control plane: %w", err)
	}
	cmd := exec.Command("sh", "-c", guardScript, "sh", pids, scratch)
	cmd.Stdin = read
	cmd.SysProcAttr = ownGroup()
	err = cmd.Start()
	read.Close()
	if err != nil {
		write.Close()
		return nil, fmt.Errorf("starting the guard of the control plane: %w", err)
	}
	return &guard{cmd: cmd, lifeline: write}, nil
}

// release lets the guard do its work on what is left, and waits for it.
func (g *guard) release() error {
	g.lifeline.Close()
	if err := g.cmd.Wait(); err != nil {
		if exit := new(exec.ExitError); !errors.As(err, &exit) {
			return fmt.Errorf("waiting for the guard of the control plane: %w", err)
		}
	}
	return nil
}

// Process is a running component, or a program that a caller runs beside them.
type Process struct {
	cluster *Cluster
	name    string
	cmd     *exec.Cmd
	exited  chan struct{}
}

// Run runs a program until Stop, of it or of the Cluster, and at the latest until this process dies. Its output is
// appended to <name>.log in Dir. The name must not be that of a program that is running.
func (c *Cluster) Run(name, path string, args ...string) (*Process, error) {
	p := &Process{cluster: c, name: name, cmd: exec.Command(path, args...), exited: make(chan struct{})}
	out, err := os.OpenFile(p.Log(), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, fmt.Errorf("opening the log of %s: %w", name, err)
	}
	defer out.Close()
	p.cmd.Stdout, p.cmd.Stderr = out, out
	p.cmd.SysProcAttr = ownGroup()
	if err := p.cmd.Start(); err != nil {
		return nil, fmt.Errorf("starting %s: %w", name, err)
	}
	go func() {
		// How it ended is in its log and in cmd.ProcessState.
		_ = p.cmd.Wait()
		close(p.exited)
	}()
	c.processes = append(c.processes, p)
	pid := []byte(strconv.Itoa(p.cmd.Process.Pid))
	if err := os.WriteFile(c.pidFile(name), pid, 0o600); err != nil {
		return nil, fmt.Errorf("noting the process of %s: %w", name, err)
	}
	return p, nil
}

// Stop asks the program to end, kills it when it does not within 10 seconds, and waits until it is gone.
func (p *Process) Stop() error {
	p.cluster.processes = slices.DeleteFunc(p.cluster.processes, func(other *Process) bool { return other == p })
	if err := p.end(); err != nil {
		return err
	}
	// The guard must not kill a later process with this number.
	if err := os.Remove(p.cluster.pidFile(p.name)); err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("forgetting the process of %s: %w", p.name, err)
	}
	return nil
}

func (p *Process) end() error {
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return fmt.Errorf("stopping %s: %w", p.name, err)
	}
	select {
	case <-p.exited:
		return nil
	case <-time.After(stopTimeout):
	}
	if err := p.cmd.Process.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return fmt.Errorf("killing %s: %w", p.name, err)
	}
	<-p.exited
	return nil
}

// Exited is closed once the program has ended, whoever ended it.
func (p *Process) Exited() <-chan struct{} { return p.exited }

// Pid is the number of the process.
func (p *Process) Pid() int { return p.cmd.Process.Pid }

// Log is the path of what the program prints.
func (p *Process) Log() string { return filepath.Join(p.cluster.dir, p.name+".log") }

// LogTail is the end of the log, for messages.
func (p *Process) LogTail() string { return tail(p.Log()) }

// Err is nil while the program runs, and afterwards tells how it ended, with the end of its log.
func (p *Process) Err() error {
	select {
	case <-p.exited:
		return fmt.Errorf("%s ended (%v): %s", p.name, p.cmd.ProcessState, tail(p.Log()))
	default:
		return nil
	}
}

// wrap writes a script that notes its pid and becomes the binary. envtest does not tell the pids of what it starts.
func (c *Cluster) wrap(name string) (string, error) {
	script := fmt.Sprintf("#!/bin/sh\necho $$ >'%s'\nexec '%s' \"$@\"\n", c.pidFile(name), c.Binary(name))
	path := filepath.Join(c.pids(), name)
	if err := os.WriteFile(path, []byte(script), 0o700); err != nil {
		return "", fmt.Errorf("writing the wrapper of %s: %w", name, err)
	}
	return path, nil
}

func (c *Cluster) pids() string { return filepath.Join(c.dir, "pids") }

func (c *Cluster) pidFile(name string) string { return filepath.Join(c.pids(), name+".pid") }

// ownGroup keeps Ctrl-C on the terminal from reaching a component: it has to end after those that need it.
func ownGroup() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setpgid: true} }

func tail(path string) string {
	data, err := os.ReadFile(path)
	if err != nil {
		return err.Error()
	}
	data = data[max(0, len(data)-tailBytes):]
	return strings.TrimSpace(string(bytes.ToValidUTF8(data, nil)))
}
