package presets_test

import (
	"testing"

	"github.com/phasekit/scaffold/generator"
	"github.com/phasekit/scaffold/presets"
	"github.com/phasekit/scaffold/templates"
)

// TestBuiltInPresetsAreWhole holds each built-in preset to the catalog, and the
// catalog to having a preset for each phase.
func TestBuiltInPresetsAreWhole(t *testing.T) {
	c, err := generator.LoadCatalog(templates.FS())
	if err != nil {
		t.Fatal(err)
	}
	covered := map[int]bool{}
	for _, name := range presets.Names() {
		p, err := presets.Load(c, name)
		if err != nil {
			t.Errorf("Load(%s) = %v", name, err)
			continue
		}
		if p.Name != name || p.Title == "" {
			t.Errorf("Load(%s) has name %q and title %q", name, p.Name, p.Title)
		}
		if _, err := c.Resolve(p.Spec); err != nil {
			t.Errorf("preset %s does not stand for a project: %v", name, p.Locate(err))
		}
		covered[p.Spec.Phase] = true
	}
	for _, phase := range c.Phases {
		if !covered[phase.Number] {
			t.Errorf("phase %d has no preset", phase.Number)
		}
	}
}
