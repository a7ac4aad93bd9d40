// Package bench measures what generated projects do under load. It runs only by
// `make bench-api`: a busy machine would make it fail for nothing.
package bench_test

import (
	"bufio"
	"fmt"
	"io"
	"maps"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/phasekit/scaffold/generator"
	"github.com/phasekit/scaffold/internal/live"
	"github.com/phasekit/scaffold/templates"
)

// onlyAsBenchmark skips what measures time.
func onlyAsBenchmark(t *testing.T) {
	t.Helper()
	if os.Getenv("SCAFFOLD_BENCH") == "" {
		t.Skip("measures time: run it by `make bench-api`")
	}
}

// eachFramework runs a test for each framework that phase 3 offers.
func eachFramework(t *testing.T, queue string, test func(t *testing.T, p *project)) {
	t.Helper()
	catalog, err := generator.LoadCatalog(templates.FS())
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(catalog.Phases, func(p generator.Phase) bool { return p.Number == 3 })
	if i < 0 {
		t.Fatal("there is no phase 3")
	}
	for _, framework := range catalog.Phases[i].Axes["framework"] {
		t.Run(framework, func(t *testing.T) { test(t, build(t, catalog, framework, queue)) })
	}
}

// project is a generated project, built.
type project struct {
	framework string
	bin       string // folder of its programs: api, worker, bare
	env       []string
}

func build(t *testing.T, catalog *generator.Catalog, framework, queue string) *project {
	t.Helper()
	spec, err := catalog.Resolve(generator.Spec{
		Phase: 3, Choices: map[string]string{"framework": framework, "queue": queue}, Module: "example.org/bench",
	})
	if err != nil {
		t.Fatal(err)
	}
	plan, err := catalog.Plan(spec)
	if err != nil {
		t.Fatal(err)
	}
	tree, err := generator.Render(templates.FS(), catalog, plan, "v0.0.0")
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(t.TempDir(), "bench")
	if err := tree.Write(t.Context(), dir); err != nil {
		t.Fatal(err)
	}
	bare, err := os.ReadFile(filepath.Join("testdata", "bare-"+framework+".go"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Join(dir, "cmd", "bare"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "cmd", "bare", "main.go"), bare, 0o600); err != nil {
		t.Fatal(err)
	}
	p := &project{framework: framework, bin: filepath.Join(dir, "bin")}
	command(t, dir, nil, "go", "build", "-trimpath", "-o", "bin/", "./cmd/api", "./cmd/worker", "./cmd/bare")
	return p
}

// command runs a command and fails with all that it printed.
func command(t *testing.T, dir string, env []string, name string, args ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), name, args...)
	cmd.Dir, cmd.Env = dir, append(os.Environ(), env...)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%s %s: %v\n%s", name, strings.Join(args, " "), err, out)
	}
	return string(out)
}

// onDatabase gives the project a database with a thousand rooms, and settings that
// all of its programs share. The limits are those of production: clients come from
// many addresses, as a proxy that is trusted tells.
func (p *project) onDatabase(t *testing.T, db *live.Postgres) string {
	t.Helper()
	url := db.Database(t)
	p.env = []string{
		"APP_ENV=development", "LOG_LEVEL=info", "DATABASE_URL=" + url,
		"JWT_SECRET=0123456789abcdef0123456789abcdef", "TRUSTED_PROXIES=127.0.0.0/8",
		"RATE_LIMIT_MAIL=1000000/s", // there are few accounts
		"GOGC=400",                  // as in the image
	}
	command(t, p.bin, p.env, filepath.Join(p.bin, "api"), "migrate", "up")
	command(t, p.bin, nil, "psql", "--quiet", url, "--command", `
		INSERT INTO rooms (id, name, description, capacity, version, created_at, updated_at)
		SELECT gen_random_uuid(), 'Room ' || lpad(i::text, 4, '0'), 'Projector, whiteboard, and a view of the garden',
			4 + i % 20, 1, now(), now() FROM generate_series(1, 1000) i`, "--command", "ANALYZE rooms")
	return url
}

// program is a program at work.
type program struct {
	url  string
	cmd  *exec.Cmd
	done chan struct{}
	log  *os.File
}

// start starts one of the project's programs. It is killed at the end of the test.
func (p *project) start(t *testing.T, name string, args []string, port string, env ...string) *program {
	t.Helper()
	log, err := os.CreateTemp(t.TempDir(), name+"-*.log")
	if err != nil {
		t.Fatal(err)
	}
	s := &program{url: "http://127.0.0.1:" + port, done: make(chan struct{}), log: log}
	s.cmd = exec.Command(filepath.Join(p.bin, name), args...)
	s.cmd.Env = slices.Concat(os.Environ(), p.env, []string{"HTTP_ADDR=127.0.0.1:" + port}, env)
	s.cmd.Stderr = log
	if err := s.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		_ = s.cmd.Wait()
		close(s.done)
	}()
	t.Cleanup(func() {
		s.kill()
		if t.Failed() {
			t.Logf("%s logged at its end:\n%s", name, tail(log.Name()))
		}
		_ = log.Close()
	})
	return s
}

func (s *program) kill() {
	_ = s.cmd.Process.Kill()
	<-s.done
}

// tail returns the end of what was logged that is not about requests and jobs.
func tail(file string) string {
	f, err := os.Open(file)
	if err != nil {
		return err.Error()
	}
	defer func() { _ = f.Close() }()
	var last []string
	for lines := bufio.NewScanner(f); lines.Scan(); {
		if line := lines.Text(); !strings.Contains(line, "msg=request ") && !strings.Contains(line, `msg="job done"`) {
			last = append(last, line)
		}
	}
	return strings.Join(last[max(0, len(last)-20):], "\n")
}

// waitReady waits until the program answers at a path.
func waitReady(t *testing.T, url string) {
	t.Helper()
	client := &http.Client{Timeout: time.Second}
	for range 600 {
		response, err := client.Get(url)
		if err == nil {
			_, _ = io.Copy(io.Discard, response.Body)
			_ = response.Body.Close()
			if response.StatusCode == http.StatusOK {
				return
			}
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Fatalf("%s does not answer", url)
}

// report prints figures as a table, and what they were measured on.
type report struct {
	mu    sync.Mutex
	lines map[string]string
}

func (r *report) add(name, format string, args ...any) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.lines == nil {
		r.lines = map[string]string{}
	}
	r.lines[name] = fmt.Sprintf(format, args...)
}

func (r *report) print(t *testing.T) {
	t.Helper()
	r.mu.Lock()
	defer r.mu.Unlock()
	t.Logf("%s, %d CPUs", runtime.Version(), runtime.NumCPU())
	for _, name := range slices.Sorted(maps.Keys(r.lines)) {
		t.Logf("%-34s %s", name, r.lines[name])
	}
}
