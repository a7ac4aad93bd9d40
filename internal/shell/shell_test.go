package shell_test

import (
	"runtime"
	"testing"

	"github.com/phasekit/scaffold/internal/shell"
)

func TestQuote(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("quotes differ on Windows")
	}
	for word, want := range map[string]string{
		"demo": "demo", "a/b-c.d": "a/b-c.d", "my demo": "'my demo'", "it's": `'it'\''s'`, "$HOME": "'$HOME'",
	} {
		if got := shell.Quote(word); got != want {
			t.Errorf("Quote(%q) = %s, want %s", word, got, want)
		}
	}
}

func TestIn(t *testing.T) {
	for dir, want := range map[string]string{".": "make", "./": "make", "demo/": "cd demo && make", "..": "cd .. && make"} {
		if got := shell.In(dir, "make"); runtime.GOOS != "windows" && got != want {
			t.Errorf("In(%q, make) = %s, want %s", dir, got, want)
		}
	}
}
