package live

import (
	"context"
	"crypto/rand"
	"fmt"
	"net"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// Postgres is a PostgreSQL server, on which the test may do as it likes.
type Postgres struct {
	URL string // of the database postgres, as a superuser

	bin, data, port string   // blank for a server that this package does not run itself
	psql            []string // the command line of psql, connected to URL
}

// StartPostgres returns the server that TEST_DATABASE_URL names, or else starts
// one of the programs on this machine, or else one in Docker. It ends with the
// test.
func StartPostgres(t testing.TB) *Postgres {
	t.Helper()
	if given := os.Getenv("TEST_DATABASE_URL"); given != "" {
		psql, err := exec.LookPath("psql")
		if err != nil {
			missing(t, "psql")
		}
		return &Postgres{URL: given, psql: []string{psql, given}}
	}
	if bin, ok := postgresBin(); ok {
		return startPrograms(t, bin)
	}
	if exec.CommandContext(t.Context(), "docker", "info").Run() == nil {
		return startContainer(t)
	}
	missing(t, "PostgreSQL")
	return nil
}

// postgresBin finds the folder of initdb and pg_ctl, which Debian does not put
// on the PATH.
func postgresBin() (string, bool) {
	if path, err := exec.LookPath("pg_ctl"); err == nil {
		return filepath.Dir(path), true
	}
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin/pg_ctl")
	if err != nil || len(found) == 0 {
		return "", false
	}
	return filepath.Dir(found[len(found)-1]), true
}

func startPrograms(t testing.TB, bin string) *Postgres {
	t.Helper()
	dir, err := os.MkdirTemp(memoryDir(), "scaffold-postgres-") //nolint:usetesting // a test's own folder can be too long for a socket's name
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	if os.Geteuid() == 0 { // PostgreSQL refuses to run as root
		owner, err := user.Lookup("postgres")
		if err != nil {
			missing(t, "the user postgres")
		}
		uid, errUID := strconv.Atoi(owner.Uid)
		gid, errGID := strconv.Atoi(owner.Gid)
		if errUID != nil || errGID != nil {
			t.Fatalf("user postgres has ids %q, %q", owner.Uid, owner.Gid)
		}
		if err := os.Chown(dir, uid, gid); err != nil {
			t.Fatal(err)
		}
	}
	port := freePort(t)
	s := &Postgres{
		URL:  fmt.Sprintf("postgres://postgres@127.0.0.1:%s/postgres?sslmode=disable", port),
		bin:  bin,
		data: filepath.Join(dir, "data"),
		port: port,
	}
	psql, err := exec.LookPath("psql")
	if err != nil {
		psql = filepath.Join(bin, "psql")
	}
	s.psql = []string{psql, s.URL}
	s.run(t, "initdb", "--username=postgres", "--auth=trust", "--no-sync", "--pgdata="+s.data)
	t.Cleanup(func() { _ = s.program("pg_ctl", "stop", "--mode=immediate", "--pgdata="+s.data) }) // unless it is stopped
	s.Start(t)
	return s
}

// Database makes an empty database and returns its URL. It is dropped after the
// test, whoever is still connected.
func (s *Postgres) Database(t testing.TB) string {
	t.Helper()
	name := "scaffold_" + strings.ToLower(rand.Text())
	sql := func(statement string) {
		t.Helper()
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute) // a cleanup needs it too
		defer cancel()
		line := append(slices.Clone(s.psql), "--quiet", "--command="+statement)
		if out, err := exec.CommandContext(ctx, line[0], line[1:]...).CombinedOutput(); err != nil {
			t.Fatalf("%s: %v\n%s", statement, err, out)
		}
	}
	sql("CREATE DATABASE " + name)
	t.Cleanup(func() { sql("DROP DATABASE " + name + " WITH (FORCE)") })
	u, err := url.Parse(s.URL)
	if err != nil {
		t.Fatal(err)
	}
	u.Path = "/" + name
	return u.String()
}

// CanStop says whether Stop and Start work: not with a server of somebody else.
func (s *Postgres) CanStop() bool { return s.data != "" }

// Start starts the server again and waits until it answers.
func (s *Postgres) Start(t testing.TB) {
	t.Helper()
	// Nothing has to survive a crash, and each test makes a database.
	const fast = "-c fsync=off -c full_page_writes=off -c shared_buffers=32MB"
	options := fmt.Sprintf("-p %s -h 127.0.0.1 -k %s -c max_connections=300 %s", s.port, filepath.Dir(s.data), fast)
	s.run(t, "pg_ctl", "start", "--wait", "--silent", "--pgdata="+s.data, "--log="+s.data+".log", "--options="+options)
}

// Stop cuts all connections and stops the server.
func (s *Postgres) Stop(t testing.TB) {
	t.Helper()
	s.run(t, "pg_ctl", "stop", "--wait", "--silent", "--mode=fast", "--pgdata="+s.data)
}

func (s *Postgres) run(t testing.TB, program string, args ...string) {
	t.Helper()
	if err := s.program(program, args...); err != nil {
		t.Fatal(err)
	}
}

// program runs one of PostgreSQL's programs, as the user postgres where it would
// be root. A test's context would end before the test's cleanup.
func (s *Postgres) program(program string, args ...string) error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	line := append([]string{filepath.Join(s.bin, program)}, args...)
	if os.Geteuid() == 0 {
		line = append([]string{"runuser", "-u", "postgres", "--"}, line...)
	}
	cmd := exec.CommandContext(ctx, line[0], line[1:]...)
	cmd.Dir = "/"
	output, err := os.Create(s.data + "." + program) // a pipe would stay open as long as the server
	if err != nil {
		return err
	}
	defer func() { _ = output.Close() }()
	cmd.Stdout, cmd.Stderr = output, output
	if err := cmd.Run(); err != nil {
		said, _ := os.ReadFile(output.Name())
		return fmt.Errorf("%s: %w\n%s", program, err, said)
	}
	return nil
}

func startContainer(t testing.TB) *Postgres {
	t.Helper()
	docker := func(args ...string) string {
		t.Helper()
		ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute) // a cleanup needs it too
		defer cancel()
		out, err := exec.CommandContext(ctx, "docker", args...).CombinedOutput()
		if err != nil {
			t.Fatalf("docker %s: %v\n%s", args[0], err, out)
		}
		return strings.TrimSpace(string(out))
	}
	id := docker("run", "--detach", "--rm", "--publish=127.0.0.1::5432", "--env=POSTGRES_HOST_AUTH_METHOD=trust", "postgres:17-alpine")
	t.Cleanup(func() { docker("stop", id) })
	addr := docker("port", id, "5432/tcp")
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(200 * time.Millisecond) {
		// Over TCP, as the image first starts a server that listens on its socket alone.
		if exec.CommandContext(t.Context(), "docker", "exec", id, "pg_isready", "--host=127.0.0.1").Run() == nil {
			break
		}
		if time.Now().After(deadline) {
			t.Fatal("PostgreSQL in Docker does not get ready")
		}
	}
	return &Postgres{
		URL:  fmt.Sprintf("postgres://postgres@%s/postgres?sslmode=disable", addr),
		psql: []string{"docker", "exec", id, "psql", "--username=postgres"},
	}
}

func freePort(t testing.TB) string {
	t.Helper()
	var listen net.ListenConfig
	listener, err := listen.Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = listener.Close() }()
	_, port, err := net.SplitHostPort(listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	return port
}
