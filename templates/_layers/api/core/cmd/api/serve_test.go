package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/crypto/bcrypt"
)

// asProgram tells this test's binary to be the program instead.
const asProgram = "API_TEST_AS_PROGRAM"

func TestMain(m *testing.M) {
	passwordCost = bcrypt.MinCost
	if os.Getenv(asProgram) != "" {
		main()
		return
	}
	os.Exit(m.Run())
}

// process is the program in a process of its own.
type process struct {
	cmd  *exec.Cmd
	addr string
	log  *bufio.Scanner
}

func start(t *testing.T) *process {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	t.Cleanup(cancel)
	cmd := exec.CommandContext(ctx, os.Args[0], "serve")
	cmd.Env = []string{asProgram + "=1", "HTTP_ADDR=127.0.0.1:0"}
	stderr, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cmd.Process.Kill() })
	p := &process{cmd: cmd, log: bufio.NewScanner(stderr)}
	p.addr = p.waitFor(t, `msg=listening addr=(\S+)`)
	return p
}

// waitFor reads the log up to a line that matches, and returns its first group.
func (p *process) waitFor(t *testing.T, pattern string) string {
	t.Helper()
	wanted := regexp.MustCompile(pattern)
	for p.log.Scan() {
		if found := wanted.FindStringSubmatch(p.log.Text()); found != nil {
			return found[len(found)-1]
		}
	}
	t.Fatalf("the log ended without %q", pattern)
	return ""
}

// TestSIGTERMDropsNoRequest stops the program while half a request has arrived:
// nobody new is let in, the request is answered, the program ends with 0.
func TestSIGTERMDropsNoRequest(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("Windows has no SIGTERM")
	}
	p := start(t)
	if code, _, stderr := command(t, map[string]string{"HTTP_ADDR": p.addr}, "", "healthcheck"); code != ok {
		t.Errorf("healthcheck = %d, %q, want 0", code, stderr)
	}
	if response, err := http.Head("http://" + p.addr + "/healthz"); err != nil || response.StatusCode != http.StatusOK {
		t.Errorf("HEAD /healthz: %v, %v, want 200", response, err)
	}
	conn, err := net.Dial("tcp", p.addr)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	body := `{"email":"sari@example.com","password":"correct horse battery"}`
	head := fmt.Sprintf("POST /v1/auth/login HTTP/1.1\r\nHost: api\r\nContent-Type: application/json\r\nContent-Length: %d\r\nExpect: 100-continue\r\n\r\n", len(body))
	if _, err := io.WriteString(conn, head); err != nil {
		t.Fatal(err)
	}
	// The server asks for the body once the handler reads it: the request is in flight.
	reader := bufio.NewReader(conn)
	if line, err := reader.ReadString('\n'); err != nil || !strings.Contains(line, "100 Continue") {
		t.Fatalf("got %q, %v, want 100 Continue", line, err)
	}
	if _, err := reader.ReadString('\n'); err != nil {
		t.Fatal(err)
	}

	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	p.waitFor(t, "msg=draining")
	waitUntilRefused(t, p.addr)

	if _, err := io.WriteString(conn, body); err != nil {
		t.Fatal(err)
	}
	response, err := http.ReadResponse(reader, nil)
	if err != nil {
		t.Fatalf("the request in flight was dropped: %v", err)
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode != http.StatusUnauthorized {
		t.Errorf("POST /v1/auth/login: %s %q, %v, want 401 and a whole body", response.Status, answer, err)
	}
	p.waitFor(t, "msg=stopped")
	if err := p.cmd.Wait(); err != nil {
		t.Errorf("the program ended with %v, want 0", err)
	}
}

// waitUntilRefused returns when nothing listens at addr any more.
func waitUntilRefused(t *testing.T, addr string) {
	t.Helper()
	for range 1000 {
		conn, err := net.Dial("tcp", addr)
		if errors.Is(err, syscall.ECONNREFUSED) {
			return
		}
		if err == nil {
			conn.Close()
		}
		time.Sleep(5 * time.Millisecond)
	}
	t.Fatalf("%s still accepts connections", addr)
}

func TestServeMakesAnAdminInMemory(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	stdout, printed := io.Pipe()
	done := make(chan int)
	go func() {
		env := map[string]string{"HTTP_ADDR": "127.0.0.1:0", "LOG_LEVEL": "error"}
		done <- run(ctx, []string{"serve", "-admin", "a@example.com"}, func(name string) string { return env[name] }, nil, printed, io.Discard)
	}()
	lines := bufio.NewScanner(stdout)
	for _, want := range []string{"admin a@example.com", "password "} {
		if !lines.Scan() || !strings.HasPrefix(lines.Text(), want) {
			t.Errorf("printed %q, want %q", lines.Text(), want)
		}
	}
	stop()
	if code := <-done; code != ok {
		t.Errorf("run(serve) = %d, want 0", code)
	}
}
