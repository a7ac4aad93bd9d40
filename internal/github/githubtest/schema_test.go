package githubtest

import (
	"testing"

	"github.com/phasekit/scaffold/generator/yaml"
)

func TestOnPush(t *testing.T) {
	for give, want := range map[string]bool{
		"push":                                     true,
		"pull_request":                             false,
		"[pull_request, push]":                     true,
		"{push: }":                                 true,
		"{push: {branches: [main]}}":               true,
		"{push: {branches: [release]}}":            false,
		"{push: {branches-ignore: [main]}}":        false,
		"{push: {branches-ignore: [wip]}}":         true,
		"{push: {tags: ['v*']}}":                   false,
		"{push: {tags: ['v*'], branches: ['**']}}": true,
		"{push: {paths: [a]}}":                     true,
		"{schedule: [{cron: '0 0 * * *'}]}":        false,
	} {
		var w struct {
			On any `yaml:"on"`
		}
		if err := yaml.DecodeLoose([]byte("on: "+give+"\n"), &w); err != nil {
			t.Fatal(err)
		}
		if got := onPush(w.On); got != want {
			t.Errorf("onPush(%s) = %t, want %t", give, got, want)
		}
	}
}
