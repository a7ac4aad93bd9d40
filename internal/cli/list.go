package cli

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/phasekit/scaffold/generator"
	"github.com/phasekit/scaffold/presets"
)

type listOptions struct {
	app     *App
	catalog *generator.Catalog
	what    string // "phases", "presets" or "" for both
	json    bool
}

// listing is what `scaffold list --json` prints.
type listing struct {
	Phases  []listedPhase  `json:"phases,omitempty"`
	Presets []listedPreset `json:"presets,omitempty"`
}

type listedPhase struct {
	Phase int          `json:"phase"`
	Title string       `json:"title"`
	Axes  []listedAxis `json:"axes"`
}

type listedAxis struct {
	Name   string            `json:"name"`
	Values []generator.Value `json:"values"` // the first is the default
}

type listedPreset struct {
	Name  string `json:"name"`
	Title string `json:"title"`
}

func newListCmd(a *App, catalog *generator.Catalog) *cobra.Command {
	opts := &listOptions{app: a, catalog: catalog}
	cmd := &cobra.Command{
		Use:       "list [phases|presets]",
		Short:     "List the phases with their choices, and the built-in presets",
		Args:      atMost(1),
		ValidArgs: []string{"phases", "presets"},
		RunE: func(_ *cobra.Command, args []string) error {
			if len(args) == 1 {
				opts.what = args[0]
			}
			return runList(opts)
		},
	}
	cmd.Flags().BoolVar(&opts.json, "json", false, "print one JSON document")
	return cmd
}

func runList(opts *listOptions) error {
	var l listing
	switch opts.what {
	case "", "phases", "presets":
	default:
		return usageError("valid: phases, presets", "cannot list %q", opts.what)
	}
	if opts.what != "presets" {
		l.Phases = listPhases(opts.catalog)
	}
	if opts.what != "phases" {
		for _, name := range presets.Names() {
			p, err := presets.Load(opts.catalog, name)
			if err != nil {
				return err
			}
			l.Presets = append(l.Presets, listedPreset{Name: p.Name, Title: p.Title})
		}
	}
	if opts.json {
		return writeJSON(opts.app.Streams.Out, l)
	}
	return l.print(opts.app.Streams.Out)
}

func listPhases(catalog *generator.Catalog) []listedPhase {
	var phases []listedPhase
	for _, p := range catalog.Phases {
		listed := listedPhase{Phase: p.Number, Title: p.Title}
		for _, axis := range catalog.AxesOf(p) {
			listed.Axes = append(listed.Axes, listedAxis{Name: axis.Name, Values: axis.Values})
		}
		phases = append(phases, listed)
	}
	return phases
}

func (l listing) print(w io.Writer) error {
	var b strings.Builder
	for _, p := range l.Phases {
		fmt.Fprintf(&b, "phase %d  %s\n", p.Phase, p.Title)
		for _, axis := range p.Axes {
			for i, v := range axis.Values {
				flag := ""
				if i == 0 {
					flag = "--" + axis.Name
				}
				fmt.Fprintf(&b, "  %-12s %-12s %s\n", flag, v.Name, v.Title)
			}
		}
	}
	if len(l.Phases) > 0 && len(l.Presets) > 0 {
		b.WriteString("\n")
	}
	for _, p := range l.Presets {
		fmt.Fprintf(&b, "preset %-20s %s\n", p.Name, p.Title)
	}
	_, err := io.WriteString(w, b.String())
	return err
}
