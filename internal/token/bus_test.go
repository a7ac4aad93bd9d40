//go:build linux

package token

import (
	"bufio"
	"bytes"
	"errors"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// onlyBus makes TestMain's process the one that speaks to a real keyring: the
// library's mocks, once set, stay.
const onlyBus = "SCAFFOLD_TEST_BUS"

// TestRealBus runs busCase in a process of its own: without any bus, with one
// that has no keyring, and with one that never answers.
func TestRealBus(t *testing.T) {
	if os.Getenv(onlyBus) != "" {
		busCase(t)
		return
	}
	for _, tt := range []struct {
		name    string
		address func(t *testing.T) string
	}{
		{"none", func(t *testing.T) string { return "unix:path=" + filepath.Join(t.TempDir(), "none") }},
		{"not told", func(*testing.T) string { return "" }},
		{"without a keyring", startBus},
		{"silent", silentBus},
	} {
		t.Run(tt.name, func(t *testing.T) {
			cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestRealBus$", "-test.timeout=60s")
			cmd.Env = []string{"HOME=" + t.TempDir(), onlyBus + "=" + tt.name, "DBUS_SESSION_BUS_ADDRESS=" + tt.address(t)}
			out, err := cmd.CombinedOutput()
			if err != nil {
				t.Errorf("%v\n%s", err, out)
			}
		})
	}
}

func busCase(t *testing.T) {
	store := Store{Getenv: os.Getenv, Read: time.Second, Write: time.Second}
	host := parseHost(t, "github.com", "")
	_, err := store.Load(t.Context(), host)
	want := ErrNone
	if os.Getenv(onlyBus) == "silent" {
		want = ErrKeyringSlow
	}
	if !errors.Is(err, want) {
		t.Errorf("Load = %v, want %v", err, want)
	}
	saved, err := store.Save(t.Context(), host, secret)
	if err != nil || !saved.Plain {
		t.Fatalf("Save = %+v, %v, want a file", saved, err)
	}
	checkModes(t, saved.Where)
	if got, err := store.Load(t.Context(), host); err != nil || got.Value != secret {
		t.Errorf("Load = %v, %v, want the file's", got, err)
	}
	if from, err := store.Delete(t.Context(), host); err == nil || len(from) != 1 {
		t.Errorf("Delete = %v, %v, want the file's and an error of the keyring", from, err)
	}
}

// startBus starts a D-Bus that nobody offers a keyring on.
func startBus(t *testing.T) string {
	path, err := exec.LookPath("dbus-daemon")
	if err != nil {
		t.Skip("dbus-daemon is not installed")
	}
	config := filepath.Join(t.TempDir(), "bus.conf")
	socket := filepath.Join(t.TempDir(), "bus")
	err = os.WriteFile(config, []byte(`<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig><type>session</type><listen>unix:path=`+socket+`</listen>
<policy context="default"><allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/></policy>
</busconfig>`), 0o600)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), path, "--config-file="+config, "--nofork", "--print-address=1")
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _, _ = cmd.Process.Kill(), cmd.Wait() })
	address, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatalf("%v\n%s", err, stderr.String())
	}
	return strings.TrimSpace(address)
}

// silentBus takes connections and never says a word, as a keyring that waits
// for somebody's password.
func silentBus(t *testing.T) string {
	path := filepath.Join(t.TempDir(), "bus")
	l, err := net.Listen("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	return "unix:path=" + path
}
