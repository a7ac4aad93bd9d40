package terminal_test

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"example.com/app/internal/terminal"
)

func TestOfWhatIsNoTerminal(t *testing.T) {
	file, err := os.Create(filepath.Join(t.TempDir(), "out"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = file.Close() })

	want := terminal.Screen{Width: 80}
	if got := terminal.Of(&bytes.Buffer{}, os.Getenv); got != want {
		t.Errorf("Of(buffer) = %+v, want %+v", got, want)
	}
	if got := terminal.Of(file, os.Getenv); got != want {
		t.Errorf("Of(file) = %+v, want %+v", got, want)
	}
	if width, height := terminal.Size(file); width != 80 || height != 24 {
		t.Errorf("Size(file) = %d, %d, want 80, 24", width, height)
	}
}
