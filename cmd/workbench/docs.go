package main

import (
	"errors"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"
	"github.com/spf13/cobra/doc"

	"github.com/phasekit/scaffold/internal/cli"
	"github.com/phasekit/scaffold/internal/ui"
	"github.com/phasekit/scaffold/templates"
)

func newDocsCmd() *cobra.Command {
	return &cobra.Command{
		Use:   "docs DIR",
		Short: "Write scaffold's shell completions and man pages to DIR",
		Args:  cobra.ExactArgs(1),
		RunE:  func(_ *cobra.Command, args []string) error { return docs(args[0]) },
	}
}

func docs(dir string) error {
	app := &cli.App{Streams: &ui.Streams{}, Getenv: os.Getenv, Templates: templates.FS()}
	root, err := app.Command()
	if err != nil {
		return err
	}
	root.DisableAutoGenTag = true // a date would make every build differ
	completions, man := filepath.Join(dir, "completions"), filepath.Join(dir, "man")
	if err := errors.Join(os.MkdirAll(completions, 0o755), os.MkdirAll(man, 0o755)); err != nil {
		return err
	}
	file := func(suffix string) string { return filepath.Join(completions, "scaffold."+suffix) }
	return errors.Join(
		root.GenBashCompletionFileV2(file("bash"), true),
		root.GenZshCompletionFile(file("zsh")),
		root.GenFishCompletionFile(file("fish"), true),
		root.GenPowerShellCompletionFileWithDesc(file("ps1")),
		doc.GenManTree(root, &doc.GenManHeader{Title: "SCAFFOLD", Section: "1", Source: "scaffold"}, man),
	)
}
