//go:build e2e

package matrix_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/phasekit/scaffold/internal/live"
)

// checkServer proves a project that is an API: its tests and what its README lets people
// type, and what happens when many come at once or its database goes away.
func checkServer(t *testing.T, dir, programs string) {
	program := filepath.Join(programs, "api")
	t.Run("PostgreSQL", func(t *testing.T) {
		db := live.StartPostgres(t)
		if has(dir, "cmd/worker") {
			checkInProduction(t, dir, programs, db)
		} else {
			t.Run("test", func(t *testing.T) { test(t, dir, "TEST_DATABASE_URL="+db.URL) })
			t.Run("tour", func(t *testing.T) { checkTour(t, dir, start(t, program, onDatabase(t, dir, program, db))) })
		}
		t.Run("race", func(t *testing.T) { checkRace(t, start(t, program, onDatabase(t, dir, program, db))) })
		t.Run("database goes away", func(t *testing.T) {
			if !db.CanStop() {
				t.Skip("the server of TEST_DATABASE_URL is not ours to stop")
			}
			checkOutage(t, start(t, program, onDatabase(t, dir, program, db)), db)
		})
	})
}

// onDatabase makes a database with the project's schema and its sample rooms, and
// returns the setting that names it.
func onDatabase(t *testing.T, dir, program string, db *live.Postgres) string {
	t.Helper()
	database := "DATABASE_URL=" + db.Database(t)
	command(t, dir, "env", database, program, "migrate", "up")
	command(t, dir, "env", database, program, "samples")
	return database
}

// server is a project's program at work.
type server struct {
	url string
	log *logWriter
}

// logWriter keeps what the program logs.
type logWriter struct {
	mu   sync.Mutex
	data bytes.Buffer
}

func (w *logWriter) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.data.Write(p)
}

func (w *logWriter) String() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.data.String()
}

var listening = regexp.MustCompile(`msg=listening addr=(\S+)`)

// start serves until the test ends, which fails if the program ended before or does
// not end well.
func start(t *testing.T, program string, env ...string) *server {
	t.Helper()
	s := run(t, listening, env, program, "serve")
	s.url = "http://" + s.url
	return s
}

// run runs a program as start does, and waits for a line of its log.
func run(t *testing.T, ready *regexp.Regexp, env []string, program string, args ...string) *server {
	t.Helper()
	s := &server{log: &logWriter{}}
	cmd := exec.Command(program, args...)
	// All clients of these tests come from one address.
	generous := []string{"RATE_LIMIT_IP=1000000/s", "RATE_LIMIT_ACCOUNT=1000000/s", "RATE_LIMIT_LOGIN=1000000/s", "RATE_LIMIT_MAIL=1000000/s"}
	cmd.Env = slices.Concat(os.Environ(), []string{"HTTP_ADDR=127.0.0.1:0"}, generous, env)
	stderr, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	found, ended := make(chan string, 1), make(chan struct{})
	go func() {
		defer close(ended)
		lines := bufio.NewScanner(io.TeeReader(stderr, s.log))
		for lines.Scan() {
			if match := ready.FindStringSubmatch(lines.Text()); match != nil {
				found <- match[1]
			}
		}
	}()
	t.Cleanup(func() {
		select {
		case <-ended:
			t.Error("the program ended by itself")
		default:
			_ = cmd.Process.Signal(os.Interrupt)
		}
		select {
		case <-ended:
		case <-time.After(time.Minute):
			t.Error("the program does not stop; this is where it is:")
			_ = cmd.Process.Signal(syscall.SIGQUIT)
			<-ended
		}
		if err := cmd.Wait(); err != nil && runtime.GOOS != "windows" {
			t.Errorf("the program ended with %v", err)
		}
		if t.Failed() {
			t.Logf("it logged:\n%.20000s", s.log)
		}
	})
	select {
	case s.url = <-found:
	case <-ended:
		t.Fatalf("the program does not start:\n%s", s.log)
	case <-time.After(time.Minute):
		t.Fatalf("the program does not listen:\n%s", s.log)
	}
	return s
}

// logged waits until the program logs what is wanted, and returns the last that a
// group of the expression matched.
func (s *server) logged(t *testing.T, wanted *regexp.Regexp) string {
	t.Helper()
	for deadline := time.Now().Add(30 * time.Second); time.Now().Before(deadline); time.Sleep(50 * time.Millisecond) {
		if match := wanted.FindStringSubmatch(s.log.String()); match != nil {
			return match[len(match)-1]
		}
	}
	t.Fatalf("nothing was logged like %s:\n%s", wanted, s.log)
	return ""
}

var (
	shellBlock  = regexp.MustCompile("(?s)```sh\n(.*?)```")
	tourStatus  = regexp.MustCompile("(?m)^`[2-5]")
	statusCode  = regexp.MustCompile("`([2-5][0-9]{2})`")
	statusLine  = regexp.MustCompile(`(?m)^([2-5][0-9]{2})$`)
	localServer = "http://localhost:8080"
)

// checkTour pastes the README's tour into a shell and compares the statuses that
// it prints with those that the README promises.
func checkTour(t *testing.T, dir string, s *server) {
	shell := live.Tool(t, "bash")
	live.Tool(t, "curl")
	readme, err := os.ReadFile(filepath.Join(dir, "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, tour, found := strings.Cut(string(readme), localServer+"\n")
	if !found {
		t.Fatal("the README has no tour")
	}
	tour = "```sh\nAPI=" + s.url + "\n" + tour
	tour, _, _ = strings.Cut(tour, "\n## ")
	var script strings.Builder
	for _, block := range shellBlock.FindAllStringSubmatch(tour, -1) {
		script.WriteString(block[1])
	}
	var want []string
	for line := range strings.Lines(tour) {
		if !tourStatus.MatchString(line) {
			continue
		}
		for _, code := range statusCode.FindAllStringSubmatch(line, -1) {
			want = append(want, code[1])
		}
	}
	cmd := exec.CommandContext(t.Context(), shell, "-euo", "pipefail")
	cmd.Stdin = strings.NewReader(script.String())
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("the tour: %v\n%s", err, out)
	}
	var got []string
	for _, line := range statusLine.FindAllStringSubmatch(string(out), -1) {
		got = append(got, line[1])
	}
	if len(want) < 10 || !slices.Equal(got, want) {
		t.Errorf("the tour answers %v, the README promises %v\n%s", got, want, out)
	}
}

// client talks to the server as one account.
type client struct {
	*server
	token string
}

// do sends a request, decodes the answer into answer if that is not nil, and
// returns the status: 0 where none came.
func (c client) do(ctx context.Context, method, path string, body, answer any) int {
	sent, err := json.Marshal(body)
	if err != nil {
		return 0
	}
	request, err := http.NewRequestWithContext(ctx, method, c.url+path, bytes.NewReader(sent))
	if err != nil {
		return 0
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("If-Match", "*")
	if c.token != "" {
		request.Header.Set("Authorization", "Bearer "+c.token)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return 0
	}
	defer func() { _ = response.Body.Close() }()
	data, err := io.ReadAll(response.Body)
	if err != nil {
		return 0
	}
	if answer != nil && response.StatusCode < 300 && json.Unmarshal(data, answer) != nil {
		return 0
	}
	return response.StatusCode
}

// logIn makes an account and logs in to it.
func (s *server) logIn(t *testing.T, name string) client {
	t.Helper()
	account := map[string]string{"email": name + "@example.com", "password": "correct horse battery"}
	registration := map[string]string{"email": name + "@example.com", "password": "correct horse battery", "name": name}
	if status := (client{server: s}).do(t.Context(), http.MethodPost, "/v1/auth/register", registration, nil); status != http.StatusCreated {
		t.Fatalf("register %s: %d", name, status)
	}
	var tokens struct {
		Access string `json:"access_token"`
	}
	if status := (client{server: s}).do(t.Context(), http.MethodPost, "/v1/auth/login", account, &tokens); status != http.StatusOK {
		t.Fatalf("log in %s: %d", name, status)
	}
	return client{server: s, token: tokens.Access}
}

// get decodes what is at a path.
func (c client) get(t *testing.T, path string, answer any) {
	t.Helper()
	if status := c.do(t.Context(), http.MethodGet, path, nil, answer); status != http.StatusOK {
		t.Fatalf("GET %s: %d", path, status)
	}
}

// statuses counts answers by what was asked and what came of it.
type statuses struct {
	mu    sync.Mutex
	count map[string]int
}

func (s *statuses) add(what string, status int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.count == nil {
		s.count = map[string]int{}
	}
	s.count[fmt.Sprintf("%s: %d", what, status)]++
}
