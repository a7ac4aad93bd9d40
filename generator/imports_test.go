package generator_test

import (
	"bytes"
	"go/parser"
	"go/scanner"
	"go/token"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/phasekit/scaffold/generator"
)

const from = "example.com/app"

func TestRewriteImports(t *testing.T) {
	tests := []struct{ name, give, want string }{
		{
			"only import specs",
			"// Package x is example.com/app/x.\npackage x\n\nimport (\n\t\"fmt\"\n\n\t\"example.com/app\"\n\ty \"example.com/app/internal/y\" // example.com/app\n\t_ `example.com/app/z`\n)\n\nvar s = \"example.com/app/x\"\n",
			"// Package x is example.com/app/x.\npackage x\n\nimport (\n\t\"fmt\"\n\n\t\"github.com/acme/p\"\n\ty \"github.com/acme/p/internal/y\" // example.com/app\n\t_ \"github.com/acme/p/z\"\n)\n\nvar s = \"example.com/app/x\"\n",
		},
		{"another module with the same beginning", "package x\n\nimport \"example.com/apple/x\"\n", "package x\n\nimport \"example.com/apple/x\"\n"},
		{"no import", "package x\n", "package x\n"},
		{"several declarations", "package x\nimport \"example.com/app/a\"; import \"example.com/app/b\"\n", "package x\nimport \"github.com/acme/p/a\"; import \"github.com/acme/p/b\"\n"},
		{"carriage return in a raw path", "package x\nimport `example.com/app/\ra`\nvar a = 1\n", "package x\nimport \"github.com/acme/p/a\"\nvar a = 1\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := generator.RewriteImports([]byte(tt.give), from, "github.com/acme/p")
			if err != nil {
				t.Fatalf("RewriteImports() = %v", err)
			}
			if diff := cmp.Diff(tt.want, string(got)); diff != "" {
				t.Errorf("RewriteImports() differs (-want +got):\n%s", diff)
			}
		})
	}
	if _, err := generator.RewriteImports([]byte("no Go"), from, "x"); err == nil {
		t.Error("RewriteImports(no Go) = nil, want an error")
	}
}

// FuzzRewriteImports demands that the output parses, that each import of the
// old path has become one of the new, and that no other token changed.
func FuzzRewriteImports(f *testing.F) {
	f.Add("package x\nimport \"example.com/app/a\"\nvar s = \"example.com/app\"\n", "github.com/acme/p")
	f.Add("package x\nimport (\n\ta `example.com/app/a`\n\t. \"example.com/app\"\n)\n", "prices")
	f.Add("package x\nimport `example.com/app/\r`\n", "a.b/c")
	f.Fuzz(func(t *testing.T, src, to string) {
		if strings.ContainsAny(to, "\"\\`\x00\r\n") || to == "" || !strings.Contains(src, from) {
			t.Skip("not a module path, or nothing to rewrite")
		}
		before, err := parser.ParseFile(token.NewFileSet(), "", src, parser.SkipObjectResolution)
		if err != nil {
			t.Skip("not Go")
		}
		out, err := generator.RewriteImports([]byte(src), from, to)
		if err != nil {
			t.Fatalf("RewriteImports(%q) = %v", src, err)
		}
		after, err := parser.ParseFile(token.NewFileSet(), "", out, parser.SkipObjectResolution)
		if err != nil {
			// A new path that Go refuses in an import is the caller's fault.
			if _, bad := parser.ParseFile(token.NewFileSet(), "", "package x\nimport "+strconv.Quote(to), 0); bad != nil {
				t.Skip("not an import path")
			}
			t.Fatalf("output does not parse: %v\n%s", err, out)
		}
		paths := map[int]bool{} // which string tokens are import paths, by order
		for i, spec := range before.Imports {
			was, _ := strconv.Unquote(spec.Path.Value)
			is, _ := strconv.Unquote(after.Imports[i].Path.Value)
			want := was
			if was == from || strings.HasPrefix(was, from+"/") {
				want = to + was[len(from):]
			}
			if is != want {
				t.Fatalf("import %q became %q, want %q", was, is, want)
			}
			paths[i] = true
		}
		if a, b := others([]byte(src), len(paths)), others(out, len(paths)); !bytes.Equal(a, b) {
			t.Fatalf("more than imports changed:\n%q\n%q", a, b)
		}
	})
}

// others is all of src but its first n string literals, which are the import
// paths: nothing that comes before an import declaration can hold a string.
func others(src []byte, n int) []byte {
	var out []byte
	fset := token.NewFileSet()
	var s scanner.Scanner
	s.Init(fset.AddFile("", -1, len(src)), src, nil, scanner.ScanComments)
	for {
		_, tok, lit := s.Scan()
		if tok == token.EOF {
			return out
		}
		if tok == token.STRING && n > 0 {
			n--
			continue
		}
		out = append(out, tok.String()+lit...)
	}
}
