package live

import (
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

// process is a server program that can be killed and started again, with the same
// data at the same address. It ends with the test.
type process struct {
	name    string // for messages and its log file
	addr    string // where it listens
	dir     string // of its data and log
	command func() *exec.Cmd

	cmd    *exec.Cmd
	exited chan struct{}
}

func newProcess(t testing.TB, name, addr, dir string, command func() *exec.Cmd) *process {
	t.Helper()
	p := &process{name: name, addr: addr, dir: dir, command: command}
	t.Cleanup(func() {
		if p.cmd != nil {
			p.Kill()
		}
		if log, err := os.ReadFile(p.log()); err == nil && t.Failed() {
			t.Logf("%s logged:\n%.4000s", name, log)
		}
	})
	p.Start(t)
	return p
}

func (p *process) log() string { return filepath.Join(p.dir, p.name+".log") }

// Start starts the program and waits until it listens.
func (p *process) Start(t testing.TB) {
	t.Helper()
	log, err := os.OpenFile(p.log(), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = log.Close() }()
	p.cmd = p.command()
	p.cmd.Stdout, p.cmd.Stderr = log, log
	ownGroup(p.cmd)
	if err := p.cmd.Start(); err != nil {
		t.Fatalf("start %s: %v", p.name, err)
	}
	p.exited = make(chan struct{})
	go func() {
		_ = p.cmd.Wait()
		close(p.exited)
	}()
	dialer := net.Dialer{Timeout: time.Second}
	for deadline := time.Now().Add(2 * time.Minute); ; time.Sleep(50 * time.Millisecond) {
		conn, err := dialer.DialContext(t.Context(), "tcp", p.addr)
		if err == nil {
			_ = conn.Close()
			return
		}
		select {
		case <-p.exited:
			said, _ := os.ReadFile(p.log())
			t.Fatalf("%s ended instead of listening:\n%.4000s", p.name, said)
		default:
		}
		if time.Now().After(deadline) {
			t.Fatalf("%s does not listen at %s", p.name, p.addr)
		}
	}
}

// Kill ends the program and all that it started, with SIGKILL where there is one.
func (p *process) Kill() { p.end(syscall.SIGKILL) }

// Stop lets the program end in good order.
func (p *process) Stop() { p.end(syscall.SIGTERM) }

func (p *process) end(with syscall.Signal) {
	signalGroup(p.cmd, with)
	<-p.exited
	p.cmd = nil
}
