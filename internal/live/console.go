package live

import (
	"regexp"
	"strings"
)

// Step is a command in a document, and what the document shows that it prints.
type Step struct {
	Command, Output string
}

var consoleBlock = regexp.MustCompile("(?s)```console\n(.*?)```")

// Console returns what stands behind `$ ` in the console blocks of a Markdown
// document, in order.
func Console(markdown []byte) []Step {
	var steps []Step
	for _, block := range consoleBlock.FindAllSubmatch(markdown, -1) {
		for _, text := range strings.Split("\n"+string(block[1]), "\n$ ")[1:] {
			command, output, _ := strings.Cut(text, "\n")
			steps = append(steps, Step{Command: command, Output: strings.TrimSpace(output)})
		}
	}
	return steps
}
