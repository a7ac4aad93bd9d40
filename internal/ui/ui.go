// Package ui holds the streams that a command talks through, and says what may
// be printed on them: colour only on a terminal, questions only where someone
// can answer.
package ui

import (
	"fmt"
	"io"
	"os"

	"github.com/mattn/go-colorable"
	"golang.org/x/term"
)

// Streams are a command's standard streams. Results go to Out; questions,
// progress, warnings and errors go to Err.
type Streams struct {
	In       io.Reader
	Out, Err io.Writer

	// Terminal is set where both In and Err are a capable one, so that a
	// question can be asked.
	Terminal *Terminal
	color    bool
	redraws  bool // Err is a terminal, where a line can be written again
}

// Terminal is where questions are asked.
type Terminal struct {
	In, Out *os.File
}

// System returns the process's own streams.
func System(getenv func(string) string) *Streams {
	s := &Streams{In: os.Stdin, Out: os.Stdout, Err: os.Stderr}
	dumb := getenv("TERM") == "dumb" // it cannot redraw a prompt
	if !term.IsTerminal(int(os.Stderr.Fd())) || dumb {
		return s
	}
	s.redraws = true
	if term.IsTerminal(int(os.Stdin.Fd())) {
		s.Terminal = &Terminal{In: os.Stdin, Out: os.Stderr}
	}
	if getenv("NO_COLOR") == "" {
		s.color = true
		s.Err = colorable.NewColorable(os.Stderr) // old Windows consoles
	}
	return s
}

// Style is an SGR code: how text looks on a terminal.
type Style string

// The styles in use.
const (
	Bold   Style = "1"
	Faint  Style = "2"
	Red    Style = "31"
	Green  Style = "32"
	Yellow Style = "33"
)

// Paint styles text that will be written to Err; without colour it is text.
func (s *Streams) Paint(style Style, text string) string {
	if !s.color {
		return text
	}
	return "\x1b[" + string(style) + "m" + text + "\x1b[0m"
}

// Say prints a line to Err.
func (s *Streams) Say(format string, args ...any) {
	_, _ = fmt.Fprintf(s.Err, format+"\n", args...) // nothing is left to tell it to
}

// Error prints an `error:` line and, where there is a way out, a `hint:` line.
func (s *Streams) Error(err error, hint string) {
	s.Say("%s %v", s.Paint(Red, "error:"), err)
	s.hint(hint)
}

// Warn prints a `warning:` line and, where there is a way out, a `hint:` line.
func (s *Streams) Warn(problem, hint string) {
	s.Say("%s %s", s.Paint(Yellow, "warning:"), problem)
	s.hint(hint)
}

func (s *Streams) hint(hint string) {
	if hint != "" {
		s.Say("%s %s", s.Paint(Bold, "hint:"), hint)
	}
}
