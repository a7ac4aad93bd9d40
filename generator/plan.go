package generator

import (
	"fmt"
	"regexp"
)

// Plan is the ordered list of layers that a spec stands for. It is pure: making
// it reads no file.
type Plan struct {
	Spec   Spec
	Layers []string
}

var placeholder = regexp.MustCompile(`\{([a-z]+)\}`)

// Plan names the layers of a spec that Resolve returned.
func (c *Catalog) Plan(s Spec) (Plan, error) {
	phase, ok := c.Phase(s.Phase)
	if !ok {
		return Plan{}, c.unknownPhase(s.Phase)
	}
	plan := Plan{Spec: s}
	for _, pattern := range phase.Layers {
		var missing string
		layer := placeholder.ReplaceAllStringFunc(pattern, func(m string) string {
			axis := m[1 : len(m)-1]
			v, ok := s.Choices[axis]
			if !ok {
				missing = axis
			}
			return v
		})
		if missing != "" {
			return Plan{}, fmt.Errorf("plan phase %d: layer %s: no choice for %s", s.Phase, pattern, missing)
		}
		plan.Layers = append(plan.Layers, layer)
	}
	return plan, nil
}
