package token

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/zalando/go-keyring"
)

// home is an environment whose settings are below dir.
func home(dir string) func(string) string {
	return func(name string) string { return map[string]string{"XDG_CONFIG_HOME": dir}[name] }
}

func TestStoreWithKeyring(t *testing.T) {
	keyring.MockInit()
	dir := t.TempDir()
	store := Store{Getenv: home(dir)}
	host, other := parseHost(t, "github.com", ""), parseHost(t, "git.acme.org", "")
	saved, err := store.Save(t.Context(), host, secret)
	if err != nil || saved != (Saved{Where: "the system keyring"}) {
		t.Fatalf("Save = %+v, %v, want the keyring", saved, err)
	}
	if got, err := keyring.Get("scaffold:github.com", "scaffold"); err != nil || got != secret {
		t.Errorf("the keyring holds %q, %v, want the token", got, err)
	}
	if got, err := store.Load(t.Context(), host); err != nil || got.Value != secret || got.Source != FromKeyring {
		t.Errorf("Load = %v, %v, want the keyring's", got, err)
	}
	if _, err := store.Load(t.Context(), other); !errors.Is(err, ErrNone) {
		t.Errorf("Load of another host = %v, want %v", err, ErrNone)
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Errorf("files were written: %v, %v", left, err)
	}
	if from, err := store.Delete(t.Context(), host); err != nil || !slices.Equal(from, []Source{FromKeyring}) {
		t.Errorf("Delete = %v, %v, want the keyring's", from, err)
	}
	if from, err := store.Delete(t.Context(), host); err != nil || len(from) > 0 {
		t.Errorf("Delete again = %v, %v, want nothing", from, err)
	}
}

func TestStoreWithoutKeyring(t *testing.T) {
	keyring.MockInitWithError(errors.New("no bus, " + secret))
	dir := filepath.Join(t.TempDir(), "settings")
	store := Store{Getenv: home(dir)}
	host, other := parseHost(t, "github.com", ""), parseHost(t, "git.acme.org", "")
	path := filepath.Join(dir, "scaffold", "tokens.json")
	if _, err := store.Load(t.Context(), host); !errors.Is(err, ErrNone) {
		t.Fatalf("Load = %v, want %v", err, ErrNone)
	}
	for host, value := range map[string]string{"github.com": "old", "git.acme.org": "theirs"} {
		saved, err := store.Save(t.Context(), parseHost(t, host, ""), value)
		if err != nil || saved != (Saved{Where: path, Plain: true}) {
			t.Fatalf("Save = %+v, %v, want %s", saved, err, path)
		}
	}
	if _, err := store.Save(t.Context(), host, secret); err != nil {
		t.Fatal(err)
	}
	checkModes(t, path)
	for host, want := range map[string]string{"github.com": secret, "git.acme.org": "theirs"} {
		got, err := store.Load(t.Context(), parseHost(t, host, ""))
		if err != nil || got.Value != want || got.Source != FromFile {
			t.Errorf("Load of %s = %q from %s, %v, want %q from %s", host, got.Value, got.Source, err, want, FromFile)
		}
	}
	from, err := store.Delete(t.Context(), host)
	if !errors.Is(err, ErrNoKeyring) || !slices.Equal(from, []Source{FromFile}) {
		t.Errorf("Delete = %v, %v, want the file's, and %v", from, err, ErrNoKeyring)
	}
	if strings.Contains(err.Error(), secret) {
		t.Errorf("the error shows the token: %v", err)
	}
	checkModes(t, path)
	if got, err := store.Load(t.Context(), other); err != nil || got.Value != "theirs" {
		t.Errorf("Load of the other host = %v, %v, want it kept", got, err)
	}
	if _, err := store.Delete(t.Context(), other); !errors.Is(err, ErrNoKeyring) {
		t.Error(err)
	}
	if left, err := os.ReadDir(filepath.Dir(path)); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

// checkModes demands a file that only the user can read, in a folder that only
// the user can look into, and nothing beside it.
func checkModes(t *testing.T, path string) {
	t.Helper()
	entries, err := os.ReadDir(filepath.Dir(path))
	if err != nil || len(entries) != 1 {
		t.Fatalf("beside the file: %v, %v", entries, err)
	}
	if runtime.GOOS == "windows" {
		return
	}
	for name, want := range map[string]os.FileMode{path: 0o600, filepath.Dir(path): 0o700} {
		info, err := os.Stat(name)
		if err != nil {
			t.Fatal(err)
		}
		if got := info.Mode().Perm(); got != want {
			t.Errorf("mode of %s = %04o, want %04o", name, got, want)
		}
	}
}

// TestKeyringComesFirst also where an older token is in the file, which Save
// removes.
func TestKeyringComesFirst(t *testing.T) {
	store, host := Store{Getenv: home(t.TempDir())}, parseHost(t, "github.com", "")
	keyring.MockInitWithError(errors.New("no bus"))
	if _, err := store.Save(t.Context(), host, "old"); err != nil {
		t.Fatal(err)
	}
	keyring.MockInit()
	if got, err := store.Load(t.Context(), host); err != nil || got.Value != "old" {
		t.Errorf("Load = %v, %v, want the file's", got, err)
	}
	if _, err := store.Save(t.Context(), host, "new"); err != nil {
		t.Fatal(err)
	}
	if got, err := store.Load(t.Context(), host); err != nil || got.Value != "new" {
		t.Errorf("Load = %q, %v, want the keyring's", got.Value, err)
	}
	if tokens, err := store.readFile(); err != nil || len(tokens) > 0 {
		t.Errorf("the file still holds %d tokens, %v", len(tokens), err)
	}
}

func TestDamagedFile(t *testing.T) {
	keyring.MockInitWithError(errors.New("no bus"))
	host := parseHost(t, "github.com", "")
	for _, tt := range []struct {
		name, data string
		mode       os.FileMode
		want       error
		mends      bool // Save puts it right
	}{
		{"readable by others", `{"tokens": {"github.com": "` + secret + `"}}`, 0o640, ErrExposed, true},
		{"no JSON", `{"tokens": {"github.com": "` + secret, 0o600, ErrCorrupt, false},
		{"other JSON", `{"tokens": ["` + secret + `"]}`, 0o600, ErrCorrupt, false},
		{"empty", ``, 0o600, ErrCorrupt, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if tt.mode != 0o600 && runtime.GOOS == "windows" {
				t.Skip("Windows has no modes")
			}
			store := Store{Getenv: home(t.TempDir())}
			path, err := store.Path()
			if err != nil {
				t.Fatal(err)
			}
			if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, []byte(tt.data), tt.mode); err != nil {
				t.Fatal(err)
			}
			got, err := store.Load(t.Context(), host)
			if !errors.Is(err, tt.want) || got.Value != "" || got.Source != FromFile {
				t.Fatalf("Load = %v, %v, want %v", got, err, tt.want)
			}
			if strings.Contains(err.Error(), "secret") || !strings.Contains(err.Error(), path) {
				t.Errorf("Load = %v, want the path and no token", err)
			}
			_, err = store.Save(t.Context(), host, "new")
			if !tt.mends {
				if !errors.Is(err, tt.want) {
					t.Errorf("Save = %v, want %v", err, tt.want)
				}
				if data, err := os.ReadFile(path); err != nil || string(data) != tt.data {
					t.Errorf("the file was changed: %v", err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			checkModes(t, path)
		})
	}
}

// TestDeleteExposed removes what others may have read.
func TestDeleteExposed(t *testing.T) {
	keyring.MockInitWithError(errors.New("no bus"))
	store, host := Store{Getenv: home(t.TempDir())}, parseHost(t, "github.com", "")
	saved, err := store.Save(t.Context(), host, secret)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(saved.Where, 0o644); err != nil {
		t.Fatal(err)
	}
	if from, err := store.Delete(t.Context(), host); !errors.Is(err, ErrNoKeyring) || !slices.Equal(from, []Source{FromFile}) {
		t.Errorf("Delete = %v, %v, want the file's", from, err)
	}
	if _, err := os.Stat(saved.Where); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the file is still there: %v", err)
	}
}

func TestSaveRefusesWhatIsNoToken(t *testing.T) {
	keyring.MockInit()
	store := Store{Getenv: home(t.TempDir())}
	for _, value := range []string{"", " ", "a b", "a\nb"} {
		if saved, err := store.Save(t.Context(), parseHost(t, "github.com", ""), value); err == nil {
			t.Errorf("Save(%q) = %+v, want an error", value, saved)
		}
	}
}

func TestSaveWithoutAnywhere(t *testing.T) {
	keyring.MockInitWithError(errors.New("no bus"))
	nowhere := Store{Getenv: func(string) string { return "" }}
	if saved, err := nowhere.Save(t.Context(), parseHost(t, "github.com", ""), secret); err == nil {
		t.Errorf("Save = %+v, want an error", saved)
	}
	if _, err := nowhere.Load(t.Context(), parseHost(t, "github.com", "")); !errors.Is(err, ErrNone) {
		t.Errorf("Load = %v, want %v", err, ErrNone)
	}
	below := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(below, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := Store{Getenv: home(below)}.Save(t.Context(), parseHost(t, "github.com", ""), secret)
	if err == nil || strings.Contains(err.Error(), secret) {
		t.Errorf("Save below a file = %v, want an error without the token", err)
	}
}

func TestPath(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("other systems have other folders")
	}
	for _, tt := range []struct{ xdg, home, want string }{
		{"/etc/me", "/home/me", "/etc/me/scaffold/tokens.json"},
		{"", "/home/me", "/home/me/.config/scaffold/tokens.json"},
		{"relative", "/home/me", "/home/me/.config/scaffold/tokens.json"},
		{"", "", ""},
		{"", "relative", ""},
	} {
		s := Store{Getenv: func(name string) string { return map[string]string{"XDG_CONFIG_HOME": tt.xdg, "HOME": tt.home}[name] }}
		if got, err := s.Path(); got != tt.want || (err != nil) != (tt.want == "") {
			t.Errorf("Path with %+v = %q, %v, want %q", tt, got, err, tt.want)
		}
	}
}

// TestSlowKeyring stands for one that is locked: nothing waits for it for long,
// and it is not taken for an empty one.
func TestSlowKeyring(t *testing.T) {
	hang := make(chan struct{})
	defer close(hang)
	call := func() error { <-hang; return nil }
	if err := ask(t.Context(), time.Millisecond, time.Hour, call); !errors.Is(err, ErrKeyringSlow) {
		t.Errorf("ask = %v, want %v", err, ErrKeyringSlow)
	}
	if err := ask(t.Context(), 0, time.Millisecond, call); !errors.Is(err, ErrKeyringSlow) {
		t.Errorf("ask with the default = %v, want %v", err, ErrKeyringSlow)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := ask(ctx, time.Hour, 0, call); !errors.Is(err, context.Canceled) {
		t.Errorf("ask, interrupted = %v, want %v", err, context.Canceled)
	}
}
