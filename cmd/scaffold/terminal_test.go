//go:build unix

package main

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/creack/pty"
)

// terminal is scaffold, started in a pseudo-terminal.
type terminal struct {
	t   *testing.T
	cmd *exec.Cmd
	tty *os.File

	mu     sync.Mutex
	screen bytes.Buffer
	read   int           // how much of the screen expect has used up
	closed chan struct{} // closed when the program's last word has been read
}

func startTerminal(t *testing.T, program, dir string, args ...string) *terminal {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), program, args...)
	cmd.Dir = dir
	cmd.Env = []string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + t.TempDir(), "TERM=xterm",
		"GIT_CONFIG_NOSYSTEM=1", "GIT_CEILING_DIRECTORIES=" + dir,
	}
	tty, err := pty.StartWithSize(cmd, &pty.Winsize{Rows: 40, Cols: 120})
	if err != nil {
		t.Fatal(err)
	}
	term := &terminal{t: t, cmd: cmd, tty: tty, closed: make(chan struct{})}
	go term.listen()
	t.Cleanup(func() { _ = tty.Close() })
	return term
}

// listen collects what the program prints, and answers when it asks where the
// cursor is, as a real terminal does.
func (x *terminal) listen() {
	defer close(x.closed)
	buf := make([]byte, 4096)
	for {
		n, err := x.tty.Read(buf)
		if err != nil {
			return
		}
		if bytes.Contains(buf[:n], []byte("\x1b[6n")) {
			_, _ = x.tty.WriteString("\x1b[10;1R")
		}
		x.mu.Lock()
		x.screen.Write(buf[:n])
		x.mu.Unlock()
	}
}

// expect waits until the program has printed text, after what was expected
// before.
func (x *terminal) expect(text string) {
	x.t.Helper()
	for deadline := time.Now().Add(10 * time.Second); time.Now().Before(deadline); time.Sleep(10 * time.Millisecond) {
		x.mu.Lock()
		i := bytes.Index(x.screen.Bytes()[x.read:], []byte(text))
		if i >= 0 {
			x.read += i + len(text)
		}
		x.mu.Unlock()
		if i >= 0 {
			return
		}
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	x.t.Fatalf("the terminal never showed %q; it shows:\n%s", text, x.screen.String())
}

func (x *terminal) typeKeys(keys string) {
	x.t.Helper()
	time.Sleep(50 * time.Millisecond) // the prompt is drawn before it listens
	if _, err := x.tty.WriteString(keys); err != nil {
		x.t.Fatal(err)
	}
}

// exit waits for the end and returns the exit code.
func (x *terminal) exit() int {
	x.t.Helper()
	err := x.cmd.Wait()
	<-x.closed
	var code *exec.ExitError
	if err != nil && !errors.As(err, &code) {
		x.t.Fatal(err)
	}
	return x.cmd.ProcessState.ExitCode()
}

const (
	enter = "\r"
	down  = "\x1b[B"
	ctrlC = "\x03"
	ctrlD = "\x04"
)

// questions are what `scaffold new` asks, in order, and what is typed.
var questions = []struct{ asks, answer string }{
	{"Which phase of the roadmap?", enter},
	{"In which language are README and docs?", down + enter},
	{"What is it called?", "kabar-harga" + enter},
	{"Which Go module path?", enter},
	{"Publish it on GitHub?", enter},
	{"Write it?", enter},
}

func TestQuestions(t *testing.T) {
	program, dir := build(t), t.TempDir()
	x := startTerminal(t, program, dir, "new")
	for _, q := range questions {
		x.expect(q.asks)
		x.typeKeys(q.answer)
	}
	x.expect("kabar-harga is ready")
	if code := x.exit(); code != 0 {
		t.Fatalf("exit code = %d, want 0\n%s", code, x.screen.String())
	}
	lock, err := os.ReadFile(filepath.Join(dir, "kabar-harga", ".scaffold.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"lang: id\n", "name: kabar-harga\n", "module: kabar-harga\n"} {
		if !strings.Contains(string(lock), want) {
			t.Errorf("the lock lacks %q:\n%s", want, lock)
		}
	}
}

func TestQuestionsRefuseBadAnswers(t *testing.T) {
	program, dir := build(t), t.TempDir()
	x := startTerminal(t, program, dir, "new", "--phase", "1", "--lang", "en", "--git", "none")
	x.expect("What is it called?")
	x.typeKeys("My Shop" + enter)
	x.expect("want lower-case letters")
	x.typeKeys(ctrlC)
	if code := x.exit(); code != 130 {
		t.Errorf("exit code = %d, want 130", code)
	}
}

// TestInterruptionAtEachQuestion leaves nothing behind, whichever it comes at.
func TestInterruptionAtEachQuestion(t *testing.T) {
	program := build(t)
	t.Run("Ctrl-C", func(t *testing.T) { interruptEach(t, program, ctrlC) })
	t.Run("Ctrl-D", func(t *testing.T) { interruptEach(t, program, ctrlD) })
}

func interruptEach(t *testing.T, program, key string) {
	for stopAt, stop := range questions {
		t.Run(stop.asks, func(t *testing.T) {
			dir := t.TempDir()
			x := startTerminal(t, program, dir, "new")
			for _, q := range questions[:stopAt] {
				x.expect(q.asks)
				x.typeKeys(q.answer)
			}
			x.expect(stop.asks)
			x.typeKeys(key)
			if code := x.exit(); code != 130 {
				t.Errorf("exit code = %d, want 130\n%s", code, x.screen.String())
			}
			if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
				t.Errorf("left behind: %v, %v", left, err)
			}
		})
	}
}

// TestNo writes nothing and says so.
func TestNo(t *testing.T) {
	program, dir := build(t), t.TempDir()
	x := startTerminal(t, program, dir, "new", "--phase", "1", "--lang", "en", "--name", "prices")
	x.expect("Which Go module path?")
	x.typeKeys(enter)
	x.expect("Publish it on GitHub?")
	x.typeKeys(enter)
	x.expect("Write it?")
	x.typeKeys("n" + enter)
	x.expect("nothing was written")
	if code := x.exit(); code != 1 {
		t.Errorf("exit code = %d, want 1", code)
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

// TestTakenNamesAreRefusedAtTheQuestion, not after all of them.
func TestTakenNamesAreRefusedAtTheQuestion(t *testing.T) {
	program, dir := build(t), t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "prices"), []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	x := startTerminal(t, program, dir, "new", "--phase", "1", "--lang", "en")
	x.expect("What is it called?")
	x.typeKeys("prices" + enter)
	x.expect("prices is there already")
	x.typeKeys(ctrlC)
	if code := x.exit(); code != 130 {
		t.Errorf("exit code = %d, want 130", code)
	}
}

// TestTerminated gives the terminal back with its cursor.
func TestTerminated(t *testing.T) {
	program, dir := build(t), t.TempDir()
	x := startTerminal(t, program, dir, "new")
	x.expect("Which phase of the roadmap?")
	if err := x.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	x.expect("\x1b[?25h")
	if code := x.exit(); code != 130 {
		t.Errorf("exit code = %d, want 130", code)
	}
}

// TestYesAsksNothing holds in a terminal too.
func TestYesAsksNothing(t *testing.T) {
	program, dir := build(t), t.TempDir()
	x := startTerminal(t, program, dir, "new", "--phase", "1", "--yes", "--git", "none")
	x.expect("crypto-price is ready")
	if code := x.exit(); code != 0 {
		t.Errorf("exit code = %d, want 0", code)
	}
}
