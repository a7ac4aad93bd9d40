package tests

import (
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const root = ".."

// TestBoundaries keeps the services apart. Go itself refuses an import of what is below
// another service's internal; this is about everything else.
func TestBoundaries(t *testing.T) {
	t.Parallel()
	module := modulePath(t)
	// From each folder, which others of this module may not be imported.
	rules := []struct {
		from      string
		forbidden []string
	}{
		{"services/user", []string{"services/product", "services/order", "gateway", "sandbox", "cmd"}},
		{"services/product", []string{"services/user", "services/order", "gateway", "sandbox", "cmd"}},
		{"services/order", []string{"services/user", "services/product", "gateway", "sandbox", "cmd"}},
		{"gateway", []string{"services", "events", "platform/bus", "platform/outbox", "platform/inbox", "internal/database", "sandbox", "cmd"}},
		{"sandbox", []string{"services", "gateway", "events", "platform/bus", "internal/database", "cmd"}},
		{"events", []string{"services", "gateway", "platform", "sandbox", "internal", "cmd"}},
		{"platform", []string{"services", "gateway", "sandbox", "cmd"}},
		{"internal", []string{"services", "gateway", "platform", "events", "sandbox", "cmd"}},
		// The domains know neither HTTP nor SQL, nor the bus, nor a way to keep anything.
		{"services/user/internal/account", domainForbids("user")},
		{"services/product/internal/catalog", domainForbids("product")},
		{"services/order/internal/checkout", domainForbids("order")},
	}
	for _, rule := range rules {
		t.Run(rule.from, func(t *testing.T) {
			t.Parallel()
			checked := 0
			for file, imports := range importsBelow(t, rule.from) {
				checked++
				for _, path := range imports {
					inModule, isOurs := strings.CutPrefix(path, module+"/")
					if isOurs && slices.ContainsFunc(rule.forbidden, func(f string) bool { return inModule == f || strings.HasPrefix(inModule, f+"/") }) {
						t.Errorf("%s imports %s", file, inModule)
					}
				}
			}
			if checked == 0 {
				t.Errorf("there are no Go files below %s", rule.from)
			}
		})
	}
}

func domainForbids(service string) []string {
	own := "services/" + service + "/internal/"
	return []string{own + "httpapi", own + "memory", own + "postgres", "platform", "internal/database", "internal/server"}
}

// TestNoFrameworkInDomains keeps third parties out of the middle of each hexagon.
func TestNoFrameworkInDomains(t *testing.T) {
	t.Parallel()
	foreign := regexp.MustCompile(`gin-gonic|labstack|jackc|nats|net/http|database/sql|prometheus|opentelemetry`)
	for _, domain := range []string{"services/user/internal/account", "services/product/internal/catalog", "services/order/internal/checkout"} {
		for file, imports := range importsBelow(t, domain) {
			for _, path := range imports {
				if foreign.MatchString(path) {
					t.Errorf("%s imports %s", file, path)
				}
			}
		}
	}
}

// TestMessagesAreTheSame compares the tables of outbox and inbox, which platform/outbox and
// platform/inbox know in every service.
func TestMessagesAreTheSame(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob(filepath.Join(root, "services", "*", "internal", "postgres", "migrations", "00001_messages.sql"))
	if err != nil || len(files) != 3 {
		t.Fatalf("migrations = %q, %v, want one of each service", files, err)
	}
	contents := make(map[string]bool)
	for _, file := range files {
		sql, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		contents[string(sql)] = true
	}
	if len(contents) != 1 {
		t.Errorf("%q differ", files)
	}
}

func modulePath(t *testing.T) string {
	t.Helper()
	mod, err := os.ReadFile(filepath.Join(root, "go.mod"))
	if err != nil {
		t.Fatal(err)
	}
	path := regexp.MustCompile(`(?m)^module (\S+)`).FindSubmatch(mod)
	if path == nil {
		t.Fatal("go.mod names no module")
	}
	return string(path[1])
}

// importsBelow returns what the Go files below a folder import, tests left out.
func importsBelow(t *testing.T, folder string) map[string][]string {
	t.Helper()
	all := make(map[string][]string)
	files := token.NewFileSet()
	err := filepath.WalkDir(filepath.Join(root, folder), func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || filepath.Ext(path) != ".go" || strings.HasSuffix(path, "_test.go") ||
			strings.HasSuffix(filepath.Dir(path), "test") {
			return err
		}
		file, err := parser.ParseFile(files, path, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		all[path] = nil
		for _, spec := range file.Imports {
			imported, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				return err
			}
			all[path] = append(all[path], imported)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}
