package templates_test

import (
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/phasekit/scaffold/generator"
	"github.com/phasekit/scaffold/internal/roadmap"
	"github.com/phasekit/scaffold/templates"
)

func roadmapOf(t *testing.T, phase int, domain, lang string) roadmap.Roadmap {
	t.Helper()
	r, err := roadmap.Load(templates.FS(), phase, domain, lang)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// texts lists what a roadmap says, in order.
func texts(r roadmap.Roadmap) []string {
	all := []string{r.Title, r.Intro}
	for _, s := range r.Stages {
		all = append(all, s.Title, s.Description)
		for _, w := range s.Weeks {
			all = append(all, w.Title, w.Goal, w.Done)
			all = append(all, w.Tasks...)
		}
	}
	return all
}

// maxBody is GitHub's limit for an issue, in characters.
const maxBody = 65536

// eachRoadmap runs f for the roadmap of each phase, domain and language.
func eachRoadmap(t *testing.T, f func(t *testing.T, phase generator.Phase, domain, lang string)) {
	for _, phase := range catalog(t).Phases {
		for _, domain := range phase.Axes["domain"] {
			for _, lang := range phase.Axes["lang"] {
				t.Run(fmt.Sprintf("phase%d-%s-%s", phase.Number, domain, lang), func(t *testing.T) { f(t, phase, domain, lang) })
			}
		}
	}
}

// TestEveryDomainHasARoadmap demands one for each domain of each phase, that names the
// same code in each language and no tool of ours.
func TestEveryDomainHasARoadmap(t *testing.T) {
	eachRoadmap(t, func(t *testing.T, phase generator.Phase, domain, lang string) {
		r := roadmapOf(t, phase.Number, domain, lang)
		all := texts(r)
		for _, text := range all {
			if found := traces.FindString(text); found != "" {
				t.Errorf("the roadmap says %q: %s", found, text)
			}
		}
		if _, body := r.Checklist(); utf8.RuneCountInString(body) > maxBody {
			t.Error("the checklist is too long for an issue")
		}
		for i, text := range texts(roadmapOf(t, phase.Number, domain, "en")) {
			if diff := cmp.Diff(codeSpans(text), codeSpans(all[i]), cmpopts.SortSlices(strings.Compare)); diff != "" {
				t.Errorf("the code in %q differs (-en +%s):\n%s", text, lang, diff)
			}
		}
	})
}

// TestRoadmapsShareLabels keeps a label's meaning from phase to phase.
func TestRoadmapsShareLabels(t *testing.T) {
	eachRoadmap(t, func(t *testing.T, phase generator.Phase, domain, lang string) {
		first := roadmapOf(t, 1, "crypto", lang)
		if diff := cmp.Diff(first.Labels, roadmapOf(t, phase.Number, domain, lang).Labels); diff != "" {
			t.Errorf("the labels differ (-phase 1 +phase %d):\n%s", phase.Number, diff)
		}
	})
}

var codeSpan = regexp.MustCompile("`([^`]+)`")

func codeSpans(text string) []string {
	var spans []string
	for _, found := range codeSpan.FindAllStringSubmatch(text, -1) {
		spans = append(spans, found[1])
	}
	return spans
}

// TestRoadmapsNameWhatIsThere looks for every file, make target and test that a
// roadmap names, and for every single word that it sets as code, in each project
// that comes with it.
func TestRoadmapsNameWhatIsThere(t *testing.T) {
	eachCombination(t, func(t *testing.T, c *generator.Catalog, s generator.Spec) {
		tree := render(t, c, s)
		checked := 0
		for _, text := range texts(roadmapOf(t, s.Phase, s.Choices["domain"], s.Choices["lang"])) {
			for _, span := range codeSpans(text) {
				checked++
				if problem := missingIn(tree, span); problem != "" {
					t.Errorf("`%s`: %s", span, problem)
				}
			}
		}
		if checked == 0 {
			t.Error("the roadmap names nothing")
		}
	})
}

var (
	testName = regexp.MustCompile(`^(Test|Fuzz|Benchmark)[A-Z]`)
	fileName = regexp.MustCompile(`^\.?[A-Za-z0-9].*/|\.(go|md|ya?ml)$`)
)

// missingIn says what a code span names that is not in the project.
func missingIn(tree *generator.Tree, span string) string {
	words := strings.Fields(span)
	if words[0] == "make" {
		if len(words) < 2 || !hasTarget(tree, words[1]) {
			return "there is no such target"
		}
		return ""
	}
	for _, word := range words {
		if testName.MatchString(word) {
			if test, _, _ := strings.Cut(word, "/"); !mentions(tree, "func "+test+"(") {
				return test + " is no test"
			}
			continue
		}
		local, isLocal := strings.CutPrefix(word, "./")
		if (isLocal || fileName.MatchString(word)) && !hasPath(tree, local) {
			return word + " does not exist"
		}
	}
	if len(words) == 1 && !fileName.MatchString(span) && !mentions(tree, span) {
		return "the project does not mention it"
	}
	return ""
}

// hasTarget reports whether the Makefile, or one that it includes, has that target.
func hasTarget(tree *generator.Tree, target string) bool {
	return slices.ContainsFunc(tree.Files(), func(f generator.File) bool {
		return (f.Path == "Makefile" || path.Ext(f.Path) == ".mk") && strings.Contains(string(f.Data), "\n"+target+":")
	})
}

// hasPath reports whether there is a file or folder of that name.
func hasPath(tree *generator.Tree, name string) bool {
	return slices.ContainsFunc(tree.Files(), func(f generator.File) bool {
		return f.Path == path.Clean(name) || strings.HasPrefix(f.Path, path.Clean(name)+"/")
	})
}

func mentions(tree *generator.Tree, text string) bool {
	return slices.ContainsFunc(tree.Files(), func(f generator.File) bool { return strings.Contains(string(f.Data), text) })
}
