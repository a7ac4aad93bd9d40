// Package matrix proves every combination of the catalog: it builds, vets, lints without a
// finding, is tidy and passes its own tests. Some combinations also run with real servers.
// These tests have the build tag e2e: run `make e2e`. The choice of combinations is tested
// without the tag.
package matrix_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/phasekit/scaffold/generator"
	"github.com/phasekit/scaffold/templates"
)

// pair is two values of different axes of a phase.
type pair struct{ axis, value, otherAxis, otherValue string }

// pairwise chooses combinations for tests that are too slow for all of them. In each phase,
// every pair of values is in at least one chosen combination. The choice is greedy: the next
// combination is the one with the most pairs that no other has yet.
func pairwise(c *generator.Catalog) []generator.Spec {
	var chosen []generator.Spec
	for _, phase := range c.Phases {
		all := slices.DeleteFunc(c.Combinations(), func(s generator.Spec) bool { return s.Phase != phase.Number })
		axes := slices.DeleteFunc(c.AxesOf(phase), func(a generator.Axis) bool { return len(a.Values) == 1 })
		if len(axes) < 2 {
			chosen = append(chosen, all...) // there are no pairs
			continue
		}
		left := map[pair]bool{}
		for _, s := range all {
			for _, p := range pairsOf(s, axes) {
				left[p] = true
			}
		}
		for len(left) > 0 {
			best := slices.MaxFunc(all, func(a, b generator.Spec) int {
				return count(left, pairsOf(a, axes)) - count(left, pairsOf(b, axes))
			})
			chosen = append(chosen, best)
			for _, p := range pairsOf(best, axes) {
				delete(left, p)
			}
		}
	}
	return chosen
}

func pairsOf(s generator.Spec, axes []generator.Axis) []pair {
	var pairs []pair
	for i, a := range axes {
		for _, b := range axes[i+1:] {
			pairs = append(pairs, pair{a.Name, s.Choices[a.Name], b.Name, s.Choices[b.Name]})
		}
	}
	return pairs
}

func count(left map[pair]bool, pairs []pair) int {
	n := 0
	for _, p := range pairs {
		if left[p] {
			n++
		}
	}
	return n
}

func TestPairwise(t *testing.T) {
	ours, err := generator.LoadCatalog(templates.FS())
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name    string
		catalog *generator.Catalog
		most    map[int]int // combinations by phase; without a limit where a phase is not named
	}{
		{"our catalog", ours, nil},
		{"a larger catalog", madeUp(
			map[string]int{"domain": 1},
			map[string]int{"domain": 1, "lang": 3},
			map[string]int{"domain": 2, "framework": 2, "queue": 2, "lang": 2}, // 16 combinations
			map[string]int{"domain": 5, "framework": 3, "queue": 3, "lang": 2}, // 90 combinations; no choice has fewer than 15
		), map[int]int{1: 1, 2: 3, 3: 6, 4: 15}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			chosen := pairwise(tt.catalog)
			for _, phase := range tt.catalog.Phases {
				of := slices.DeleteFunc(slices.Clone(chosen), func(s generator.Spec) bool { return s.Phase != phase.Number })
				if most, limited := tt.most[phase.Number]; limited && len(of) > most {
					t.Errorf("phase %d: %d combinations are chosen, want at most %d", phase.Number, len(of), most)
				}
				checkPairs(t, tt.catalog.AxesOf(phase), of)
			}
		})
	}
}

// checkPairs fails for a value, or two values of different axes, that no chosen combination has.
func checkPairs(t *testing.T, axes []generator.Axis, chosen []generator.Spec) {
	t.Helper()
	for _, a := range axes {
		for _, b := range axes {
			for _, v := range a.Names() {
				for _, w := range b.Names() {
					together := func(s generator.Spec) bool { return s.Choices[a.Name] == v && s.Choices[b.Name] == w }
					if (a.Name != b.Name || v == w) && !slices.ContainsFunc(chosen, together) {
						t.Errorf("%s %s and %s %s are in none of %v", a.Name, v, b.Name, w, chosen)
					}
				}
			}
		}
	}
}

// madeUp returns a catalog with a phase for each map: the number of values by axis.
func madeUp(phases ...map[string]int) *generator.Catalog {
	c := &generator.Catalog{}
	for _, name := range []string{"domain", "framework", "queue", "lang"} {
		axis := generator.Axis{Name: name}
		for i := range 5 {
			axis.Values = append(axis.Values, generator.Value{Name: fmt.Sprint(name, i)})
		}
		c.Axes = append(c.Axes, axis)
	}
	for i, sizes := range phases {
		phase := generator.Phase{Number: i + 1, Axes: map[string][]string{}}
		for _, axis := range c.Axes {
			if n := sizes[axis.Name]; n > 0 {
				phase.Axes[axis.Name] = axis.Names()[:n]
			}
		}
		c.Phases = append(c.Phases, phase)
	}
	return c
}
