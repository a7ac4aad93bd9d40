package tests

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"syscall"
	"testing"
	"time"
)

// patience is how long anything may take that is certain to happen.
const patience = time.Minute

// build builds all programs and returns their folder.
func build(tb testing.TB) string {
	tb.Helper()
	readSources(tb)
	dir := tb.TempDir()
	command := exec.CommandContext(tb.Context(), "go", "build", "-o", dir, "./cmd/...")
	command.Dir = ".."
	if output, err := command.CombinedOutput(); err != nil {
		tb.Fatalf("go build: %v\n%s", err, output)
	}
	return dir
}

// readSources reads every folder of the project. Go reuses the result of a test while the folders that the test has
// read are the same, and does not see what go build reads.
func readSources(tb testing.TB) {
	tb.Helper()
	err := filepath.WalkDir("..", func(_ string, entry fs.DirEntry, err error) error {
		if err == nil && entry.IsDir() && (entry.Name() == ".git" || entry.Name() == "bin") {
			return filepath.SkipDir
		}
		return err
	})
	if err != nil {
		tb.Fatal(err)
	}
}

// process is a program that can be killed and started again.
type process struct {
	name string
	path string
	args []string
	env  []string
	log  *os.File

	mu      sync.Mutex
	command *exec.Cmd
}

// start starts a program, whose log is shown when the test fails. It ends with the test.
func start(tb testing.TB, name, path string, env []string, args ...string) *process {
	tb.Helper()
	log, err := os.Create(filepath.Join(tb.TempDir(), name+".log"))
	if err != nil {
		tb.Fatal(err)
	}
	p := &process{name: name, path: path, args: args, env: append(os.Environ(), env...), log: log}
	tb.Cleanup(func() {
		if err := p.end(syscall.SIGTERM); err != nil {
			tb.Error(err)
		}
		if tb.Failed() {
			p.showLog(tb)
		}
		if err := log.Close(); err != nil {
			tb.Error(err)
		}
	})
	if err := p.start(); err != nil {
		tb.Fatal(err)
	}
	return p
}

func (p *process) start() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.command = exec.Command(p.path, p.args...)
	p.command.Env = p.env
	p.command.Stdout, p.command.Stderr = p.log, p.log
	if err := p.command.Start(); err != nil {
		return fmt.Errorf("start %s: %w", p.name, err)
	}
	return nil
}

// end sends a signal, unless the program has ended, and waits for its end.
func (p *process) end(signal os.Signal) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.command == nil {
		return nil
	}
	if err := p.command.Process.Signal(signal); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return fmt.Errorf("signal %s: %w", p.name, err)
	}
	const grace = 20 * time.Second
	kill := time.AfterFunc(grace, func() { _ = p.command.Process.Kill() })
	defer kill.Stop()
	_ = p.command.Wait() // however it ended
	p.command = nil
	return nil
}

// crash ends the program as a power cut would, and starts it again after a while.
func (p *process) crash(away time.Duration) error {
	if err := p.end(syscall.SIGKILL); err != nil {
		return err
	}
	time.Sleep(away)
	return p.start()
}

func (p *process) showLog(tb testing.TB) {
	tb.Helper()
	const most = 8 << 10
	content, err := os.ReadFile(p.log.Name())
	if err != nil {
		tb.Error(err)
		return
	}
	tb.Logf("end of the log of %s:\n%s", p.name, content[max(0, len(content)-most):])
}

// freeAddress returns an address of this machine that nobody listens on.
func freeAddress(tb testing.TB) string {
	tb.Helper()
	listener, err := (&net.ListenConfig{}).Listen(tb.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		tb.Fatal(err)
	}
	defer listener.Close()
	return listener.Addr().String()
}

// eventually waits until what is true, and fails the test when it never is.
func eventually(tb testing.TB, what string, limit time.Duration, condition func(ctx context.Context) error) {
	tb.Helper()
	ctx, cancel := context.WithTimeout(tb.Context(), limit)
	defer cancel()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	var last error
	for {
		err := condition(ctx)
		if err == nil {
			return
		}
		if ctx.Err() == nil {
			last = err
		}
		select {
		case <-ctx.Done():
			tb.Fatalf("%s: %v", what, last)
		case <-tick.C:
		}
	}
}

// ready asks a program whether it can serve.
func ready(url string) func(ctx context.Context) error {
	return func(ctx context.Context) error {
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, url+"/readyz", http.NoBody)
		if err != nil {
			return err
		}
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			return err
		}
		defer response.Body.Close()
		if response.StatusCode != http.StatusOK {
			return fmt.Errorf("GET /readyz: %s", response.Status)
		}
		return nil
	}
}
