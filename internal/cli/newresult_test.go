package cli

import (
	"testing"

	"github.com/phasekit/scaffold/generator"
)

func TestStepLines(t *testing.T) {
	got := stepLines([]generator.Step{
		{Command: "cd a-long-name-of-a-folder"},
		{Command: "make run", About: "serves it"},
		{Command: "make test", About: "tests it"},
	})
	const want = "  cd a-long-name-of-a-folder\n" +
		"  make run   # serves it\n" +
		"  make test  # tests it\n"
	if got != want {
		t.Errorf("stepLines() =\n%s\nwant\n%s", got, want)
	}
}
