// Package terminal finds out what the user looks at.
package terminal

import (
	"io"
	"os"

	"golang.org/x/term"
)

// The size that a pipe or a file gets.
const (
	defaultWidth  = 80
	defaultHeight = 24
)

// Screen is where output goes.
type Screen struct {
	Interactive bool // a person looks at it, and it obeys escape sequences
	Colour      bool
	Width       int // columns
}

// Of looks at w. Colour is off when NO_COLOR is set (https://no-color.org).
func Of(w io.Writer, getenv func(string) string) Screen {
	s := Screen{}
	s.Width, _ = Size(w)
	f, ok := w.(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) {
		return s
	}
	s.Interactive = getenv("TERM") != "dumb" && enableEscapes(f)
	s.Colour = s.Interactive && getenv("NO_COLOR") == ""
	return s
}

// Size is how many columns and lines w has now: the user may change it at any
// time.
func Size(w io.Writer) (width, height int) {
	if f, ok := w.(*os.File); ok {
		width, height, err := term.GetSize(int(f.Fd()))
		if err == nil && width > 0 && height > 0 {
			return width, height
		}
	}
	return defaultWidth, defaultHeight
}
