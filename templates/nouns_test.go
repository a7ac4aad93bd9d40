package templates_test

import (
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/phasekit/scaffold/templates"
)

// sharedFamilies are the families of layers that every domain uses.
var sharedFamilies = []string{"repo", "base", "cli", "api", "service", "production", "queue"}

// nouns are the singular nouns of each domain: its packages, resources, tables and
// metrics. General words, such as order and user, are not among them.
var nouns = map[string][]string{
	"crypto":      {"coin", "portfolio", "coingecko", "indodax", "btc"},
	"reservation": {"reservation", "room"},
	"shop":        {"product", "cart", "saga", "shop"},
}

// words are what names consist of: lockRoom is lock and Room, and so is lock_room.
var words = regexp.MustCompile(`[A-Z]+[a-z]*|[a-z]+`)

// TestSharedLayersKnowNoDomain looks for the nouns of all domains in every name and text
// of the shared layers, whose own examples are about books.
func TestSharedLayersKnowNoDomain(t *testing.T) {
	domain := map[string]string{} // by noun, in singular and plural
	domains, _ := catalog(t).Axis("domain")
	for _, name := range domains.Names() {
		if len(nouns[name]) == 0 {
			t.Errorf("nouns has none for the domain %s: add its packages, resources and tables", name)
		}
		for _, noun := range nouns[name] {
			domain[noun], domain[noun+"s"] = name, name
		}
	}
	checked := map[string]int{}
	for _, file := range names(t, templates.FS(), "_layers") {
		family := strings.Split(file, "/")[1]
		if !slices.Contains(sharedFamilies, family) || path.Base(file) == "go.sum" {
			continue
		}
		data, err := fs.ReadFile(templates.FS(), file)
		if err != nil {
			t.Fatal(err)
		}
		checked[family]++
		for i, line := range strings.Split(file+"\n"+string(data), "\n") {
			for _, word := range words.FindAllString(line, -1) {
				if name, found := domain[strings.ToLower(word)]; found {
					t.Errorf("%s:%d: %q is a noun of the domain %s: %s", file, i, word, name, strings.TrimSpace(line))
				}
			}
		}
	}
	for _, family := range sharedFamilies {
		if checked[family] == 0 {
			t.Errorf("the family %s has no file", family)
		}
	}
}
