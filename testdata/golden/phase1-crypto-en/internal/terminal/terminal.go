// Package terminal finds out what the user looks at.
package terminal

import (
	"io"
	"os"

	"golang.org/x/term"
)

// defaultWidth is what a pipe or a file gets.
const defaultWidth = 80

// Screen is where output goes.
type Screen struct {
	Interactive bool // a person looks at it, and it obeys escape sequences
	Colour      bool
	Width       int // columns
}

// Of looks at w. Colour is off when NO_COLOR is set (https://no-color.org).
func Of(w io.Writer, getenv func(string) string) Screen {
	s := Screen{Width: defaultWidth}
	f, ok := w.(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) {
		return s
	}
	if width, _, err := term.GetSize(int(f.Fd())); err == nil && width > 0 {
		s.Width = width
	}
	s.Interactive = getenv("TERM") != "dumb" && enableEscapes(f)
	s.Colour = s.Interactive && getenv("NO_COLOR") == ""
	return s
}
