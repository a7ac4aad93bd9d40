// Package ask asks questions in a terminal. It is the only package that knows
// the prompt library.
package ask

import (
	"bytes"
	"context"
	"errors"
	"os"

	"github.com/AlecAivazis/survey/v2"
	"github.com/AlecAivazis/survey/v2/terminal"
	"golang.org/x/term"

	"github.com/phasekit/scaffold/internal/ui"
)

// ErrInterrupted is returned where the user ends the questions by Ctrl-C or
// Ctrl-D.
var ErrInterrupted = errors.New("interrupted")

// leave shows the cursor, which survey hides while one chooses, and goes below
// the prompt, of which it clears the rest.
const leave = "\x1b[?25h\x1b[J\r\n"

// Option is one answer of a Select.
type Option struct {
	Value, Title string
}

// Prompter asks in a terminal.
type Prompter struct {
	terminal *ui.Terminal
}

// New returns a prompter for t.
func New(t *ui.Terminal) *Prompter { return &Prompter{terminal: t} }

// Select asks for one of the options and returns its value.
func (p *Prompter) Select(ctx context.Context, question string, options []Option) (string, error) {
	prompt := &survey.Select{
		Message:     question,
		Description: func(_ string, i int) string { return options[i].Title },
	}
	for _, o := range options {
		prompt.Options = append(prompt.Options, o.Value)
	}
	return ask[string](ctx, p.terminal, prompt)
}

// Input asks for a line of text, again and again until validate accepts it. An
// empty answer is byDefault.
func (p *Prompter) Input(ctx context.Context, question, byDefault string, validate func(string) error) (string, error) {
	check := func(answer any) error {
		text, _ := answer.(string) // survey hands an Input's answer over as a string
		return validate(text)
	}
	return ask[string](ctx, p.terminal, &survey.Input{Message: question, Default: byDefault}, survey.WithValidator(check))
}

// Confirm asks for yes or no; Enter is yes.
func (p *Prompter) Confirm(ctx context.Context, question string) (bool, error) {
	return ask[bool](ctx, p.terminal, &survey.Confirm{Message: question, Default: true})
}

// ask runs one prompt. survey cannot be told to stop, so that where ctx ends
// first the terminal is given back as it was and the prompt is left behind;
// the process is about to end then.
func ask[T any](ctx context.Context, t *ui.Terminal, prompt survey.Prompt, opts ...survey.AskOpt) (T, error) {
	var none T
	before, err := term.GetState(int(t.In.Fd()))
	if err != nil {
		return none, err
	}
	opts = append(opts, survey.WithStdio(keyboard{t.In}, t.Out, t.Out))
	type result struct {
		answer T
		err    error
	}
	done := make(chan result, 1)
	go func() {
		var r result
		r.err = survey.AskOne(prompt, &r.answer, opts...)
		done <- r
	}()
	select {
	case r := <-done:
		if errors.Is(r.err, terminal.InterruptErr) {
			return none, ErrInterrupted
		}
		return r.answer, r.err
	case <-ctx.Done():
		_, err := t.Out.WriteString(leave)
		return none, errors.Join(ctx.Err(), err, term.Restore(int(t.In.Fd()), before))
	}
}

// keyboard makes Ctrl-D end the questions as Ctrl-C does: survey would take it
// for Enter.
type keyboard struct{ *os.File }

func (k keyboard) Read(keys []byte) (int, error) {
	const ctrlC, ctrlD = 3, 4
	n, err := k.File.Read(keys)
	copy(keys, bytes.ReplaceAll(keys[:n], []byte{ctrlD}, []byte{ctrlC}))
	return n, err
}
