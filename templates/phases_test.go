package templates_test

import (
	"bytes"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/phasekit/scaffold/generator"
)

// phase3 returns what phase 3 makes of a spec of its own, and what phase 2 makes of
// the same choices.
func phase3(t *testing.T, c *generator.Catalog, s generator.Spec) (now, before *generator.Tree) {
	t.Helper()
	second := s
	second.Phase = 2
	second.Choices = maps.Clone(s.Choices)
	delete(second.Choices, "queue")
	return render(t, c, s), render(t, c, second)
}

func eachOfPhase3(t *testing.T, test func(t *testing.T, c *generator.Catalog, s generator.Spec)) {
	t.Helper()
	c := catalog(t)
	tested := 0
	for _, s := range c.Combinations() {
		if s.Phase == 3 {
			t.Run(c.ID(s), func(t *testing.T) { test(t, c, s) })
			tested++
		}
	}
	if tested == 0 {
		t.Error("there is no phase 3")
	}
}

// TestPhase3IsPhase2AndMore holds the law: what phase 3 has beyond phase 2 comes
// from its own layers, what differs they declare, and nothing is gone.
func TestPhase3IsPhase2AndMore(t *testing.T) {
	eachOfPhase3(t, func(t *testing.T, c *generator.Catalog, s generator.Spec) {
		now, before := phase3(t, c, s)
		own := map[string]bool{} // the layers of phase 3
		for _, layer := range layersOf(t, c, s) {
			own[layer] = true
		}
		second := s
		second.Phase = 2
		second.Choices = maps.Clone(s.Choices)
		delete(second.Choices, "queue")
		for _, layer := range layersOf(t, c, second) {
			delete(own, layer)
		}
		for _, f := range before.Files() {
			if _, ok := now.File(f.Path); !ok {
				t.Errorf("%s of phase 2 is gone", f.Path)
			}
		}
		for _, f := range now.Files() {
			old, was := before.File(f.Path)
			mine := own[f.Layer] || f.Path == generator.LockFile
			switch {
			case !was && !mine:
				t.Errorf("%s is new, and comes from %s", f.Path, f.Source)
			case was && mine && f.Path != generator.LockFile && bytes.Equal(old.Data, f.Data):
				t.Errorf("%s replaces phase 2's with the same", f.Path)
			case was && !mine && !bytes.Equal(old.Data, f.Data):
				t.Errorf("%s differs from phase 2, and comes from %s", f.Path, f.Source)
			}
		}
	})
}

func layersOf(t *testing.T, c *generator.Catalog, s generator.Spec) []string {
	t.Helper()
	plan, err := c.Plan(s)
	if err != nil {
		t.Fatal(err)
	}
	return plan.Layers
}

// TestPhase3KeepsTheContract holds phase 3's contract to phase 2's: it may only add.
func TestPhase3KeepsTheContract(t *testing.T) {
	const contract = "api/openapi.yaml"
	eachOfPhase3(t, func(t *testing.T, c *generator.Catalog, s generator.Spec) {
		now, before := phase3(t, c, s)
		current, ok1 := now.File(contract)
		old, ok2 := before.File(contract)
		if !ok1 || !ok2 {
			t.Fatalf("no %s", contract)
		}
		// That a reservation may be refused for its key too is the one thing that is more
		// than a line of its own.
		had := strings.ReplaceAll(string(current.Data), "/UnprocessableReservation\"}", "/Unprocessable\"}")
		if missing := notIn(strings.Split(had, "\n"), strings.Split(string(old.Data), "\n")); missing != "" {
			t.Errorf("%s lacks a line of phase 2, or has it elsewhere: %s", contract, missing)
		}
	})
}

// TestQueuesDifferWhereTheyMust holds projects that differ in the queue alone to
// each other: RabbitMQ is a service more, and so a line here and there.
func TestQueuesDifferWhereTheyMust(t *testing.T) {
	// Files that may differ in any way, and those in which RabbitMQ only adds lines.
	free := []string{"go.mod", "go.sum", "README.md", "docs/production.md", generator.LockFile}
	longer := []string{
		".env.example", ".github/workflows/ci.yml", "compose.yaml", "deploy/.env.example", "deploy/compose.yaml",
	}
	alone := []string{"make/rabbitmq.mk", "compose.test.rabbitmq.yaml"}
	eachOfPhase3(t, func(t *testing.T, c *generator.Catalog, s generator.Spec) {
		if s.Choices["queue"] != "rabbitmq" {
			return
		}
		redis := s
		redis.Choices = maps.Clone(s.Choices)
		redis.Choices["queue"] = "redis"
		one, other := render(t, c, s), render(t, c, redis)
		for _, f := range one.Files() {
			if strings.HasPrefix(f.Path, "internal/queue/") || strings.HasPrefix(f.Path, "internal/config/queue") || slices.Contains(free, f.Path) {
				continue
			}
			with, ok := other.File(f.Path)
			switch {
			case !ok && slices.Contains(alone, f.Path):
			case !ok:
				t.Errorf("%s is there with RabbitMQ alone", f.Path)
			case bytes.Equal(f.Data, with.Data):
			case !slices.Contains(longer, f.Path):
				t.Errorf("%s differs", f.Path)
			default:
				// What names the queue, and how durable Redis must be, is said in other words.
				about := func(line string) bool {
					return strings.Contains(line, "command: [redis-server") || strings.Contains(line, "# ") && strings.Contains(line, "jobs") ||
						line == "# Required in production."
				}
				lines := slices.DeleteFunc(strings.Split(string(with.Data), "\n"), about)
				if missing := notIn(strings.Split(string(f.Data), "\n"), lines); missing != "" {
					t.Errorf("%s lacks a line that it has with Redis: %s", f.Path, missing)
				}
			}
		}
	})
}

// notIn returns the first of the lines that is not in all, in their order.
func notIn(all, lines []string) string {
	for _, line := range lines {
		i := slices.Index(all, line)
		if i < 0 {
			return line
		}
		all = all[i+1:]
	}
	return ""
}
