package bus_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"example.com/app/events"
	"example.com/app/platform/bus"
	"example.com/app/platform/bus/bustest"
	"example.com/app/platform/bus/embedded"
)

func TestReadUntil(t *testing.T) {
	t.Parallel()
	b := bustest.Connect(t)
	if last, err := b.Last(t.Context()); err != nil || last != 0 {
		t.Errorf("Last() = %d, %v on a new server, want 0", last, err)
	}
	var batch []events.Event
	for i := range 10 {
		batch = append(batch, newEvent(t, []string{placed, reserve}[i%2]))
	}
	publish(t, b, batch...)
	last, err := b.Last(t.Context())
	if err != nil || last != 10 {
		t.Fatalf("Last() = %d, %v, want 10", last, err)
	}
	tests := []struct {
		name         string
		after, until uint64
		types        []string
		want         []uint64
	}{
		{"all", 0, 10, []string{placed, reserve}, []uint64{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}},
		{"last is of another type", 0, 10, []string{placed}, []uint64{1, 3, 5, 7, 9}},
		{"from within", 4, 10, []string{placed}, []uint64{5, 7, 9}},
		{"until within", 0, 4, []string{reserve}, []uint64{2, 4}},
		{"until another type", 0, 5, []string{reserve}, []uint64{2, 4}},
		{"none of the type", 0, 10, []string{"order.completed.v1"}, nil},
		{"none are left", 9, 10, []string{placed}, nil},
		{"at the end", 10, 10, []string{placed}, nil},
		{"nothing", 0, 0, []string{placed}, nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var got []uint64
			err := b.ReadUntil(t.Context(), test.after, test.until, test.types, func(_ context.Context, sequence uint64, e events.Event) error {
				if e.ID != batch[sequence-1].ID {
					t.Errorf("event %d is %s, want %s", sequence, e.ID, batch[sequence-1].ID)
				}
				got = append(got, sequence)
				return nil
			})
			if err != nil || fmt.Sprint(got) != fmt.Sprint(test.want) {
				t.Errorf("ReadUntil(%d, %d, %v) read %v, %v, want %v", test.after, test.until, test.types, got, err, test.want)
			}
		})
	}
}

func TestReadEnds(t *testing.T) {
	t.Parallel()
	b := bustest.Connect(t)
	first, second := newEvent(t, placed), newEvent(t, placed)
	publish(t, b, first, second)
	refused := errors.New("no room")
	refuse := func(context.Context, uint64, events.Event) error { return refused }
	if err := b.Read(t.Context(), bus.Position{}, []string{placed}, refuse); !errors.Is(err, refused) {
		t.Errorf("Read() = error %v, want %v", err, refused)
	}
	if err := b.ReadUntil(t.Context(), 0, 2, []string{placed}, refuse); !errors.Is(err, refused) {
		t.Errorf("ReadUntil() = error %v, want %v", err, refused)
	}
	for name, lost := range map[string]bus.Position{
		"behind the end":               {Sequence: 3, EventID: second.ID},
		"where another has its number": {Sequence: 1, EventID: second.ID},
	} {
		if err := b.Read(t.Context(), lost, []string{placed}, refuse); !errors.Is(err, bus.ErrTruncated) {
			t.Errorf("Read() = error %v %s, want %v", err, name, bus.ErrTruncated)
		}
	}
	kept := bus.Position{Sequence: 1, EventID: first.ID}
	if err := b.Read(t.Context(), kept, []string{placed}, refuse); !errors.Is(err, refused) {
		t.Errorf("Read() = error %v after the first event, want %v", err, refused)
	}
	ctx, cancel := context.WithCancel(t.Context())
	err := b.Read(ctx, bus.Position{}, []string{placed}, func(context.Context, uint64, events.Event) error {
		cancel()
		return nil
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("Read() = error %v after its context was done, want %v", err, context.Canceled)
	}
}

// TestReadAcrossRestarts reads while the server comes and goes, in good order and by
// kill -9: every event once, and in its order.
func TestReadAcrossRestarts(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name string
		end  func(*exec.Cmd) error
	}{
		{"interrupt", func(c *exec.Cmd) error { return c.Process.Signal(os.Interrupt) }},
		{"kill", func(c *exec.Cmd) error { return c.Process.Kill() }},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			port := freePort(t)
			process := startProcess(t, dir, port)
			b := bustest.ConnectTo(t, fmt.Sprintf("nats://127.0.0.1:%d", port))
			type place struct {
				sequence uint64
				id       string
			}
			read := make(chan place, 100)
			ctx, cancel := context.WithCancel(t.Context())
			ended := make(chan error, 1)
			go func() {
				ended <- b.Read(ctx, bus.Position{}, []string{placed}, func(_ context.Context, sequence uint64, e events.Event) error {
					read <- place{sequence, e.ID}
					return nil
				})
			}()
			want := uint64(0)
			for range 3 {
				for range 10 {
					e := newEvent(t, placed)
					publishSoon(t, b, e)
					want++
					select {
					case got := <-read:
						if got.sequence != want || got.id != e.ID {
							t.Fatalf("read event %d, %s, want %d, %s", got.sequence, got.id, want, e.ID)
						}
					case <-time.After(patience):
						t.Fatalf("event %d was not read within %v", want, patience)
					}
				}
				if err := test.end(process); err != nil {
					t.Fatal(err)
				}
				_ = process.Wait()
				process = startProcess(t, dir, port)
			}
			cancel()
			if err := <-ended; !errors.Is(err, context.Canceled) {
				t.Errorf("Read() = error %v, want %v", err, context.Canceled)
			}
		})
	}
}

// envServer has the test binary be a server: it names the folder.
const envServer, envPort = "BUS_TEST_SERVER", "BUS_TEST_PORT"

// TestServerProcess is not a test, but what startProcess starts.
func TestServerProcess(t *testing.T) {
	dir := os.Getenv(envServer)
	if dir == "" {
		t.Skip("is run by other tests, in a process of its own")
	}
	port, err := strconv.Atoi(os.Getenv(envPort))
	if err != nil {
		t.Fatal(err)
	}
	server, err := embedded.Start(dir, port)
	if err != nil {
		t.Fatal(err)
	}
	fmt.Println(server.URL())
	<-t.Context().Done()
}

// startProcess starts a server that can be killed.
func startProcess(t *testing.T, dir string, port int) *exec.Cmd {
	t.Helper()
	process := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestServerProcess$", "-test.timeout=1m")
	process.Env = append(os.Environ(), envServer+"="+dir, envPort+"="+strconv.Itoa(port))
	out, err := process.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	process.Stderr = os.Stderr
	if err := process.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = process.Process.Kill()
		_ = process.Wait()
	})
	for lines := bufio.NewScanner(out); lines.Scan(); {
		if strings.HasPrefix(lines.Text(), "nats://") {
			return process
		}
	}
	t.Fatal("the server did not start")
	return nil
}
