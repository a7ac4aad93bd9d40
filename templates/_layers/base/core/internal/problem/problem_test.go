package problem_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"example.com/app/internal/auth"
	"example.com/app/internal/field"
	"example.com/app/internal/outage"
	"example.com/app/internal/problem"
	"example.com/app/internal/request"
)

// sentinel is an error that a client is told about.
type sentinel struct {
	err    error
	status int
	name   string // of the type
}

func TestCommon(t *testing.T) {
	t.Parallel()
	all := map[string]sentinel{
		"problem.ErrNoRoute":  {problem.ErrNoRoute, 404, "not-found"},
		"problem.ErrNoMethod": {problem.ErrNoMethod, 405, "method-not-allowed"},

		"request.ErrMediaType": {request.ErrMediaType, 415, "unsupported-media-type"},
		"request.ErrTooLarge":  {request.ErrTooLarge, 413, "body-too-large"},
		"request.ErrNoIfMatch": {request.ErrNoIfMatch, 428, "if-match-required"},

		"auth.ErrUnauthenticated": {auth.ErrUnauthenticated, 401, "unauthenticated"},
		"auth.ErrTokenInvalid":    {auth.ErrTokenInvalid, 401, "invalid-token"},
		"auth.ErrTokenReused":     {auth.ErrTokenReused, 401, "token-reused"},
		"auth.ErrForbidden":       {auth.ErrForbidden, 403, "forbidden"},

		"outage.ErrUnavailable": {outage.ErrUnavailable, 503, "unavailable"},
	}
	wantDescribed(t, all, func(err error) problem.Problem { return problem.Describe(err, problem.Common()) })
	wantListed(t, all, "problem", "request", "auth", "outage", "page", "field")
}

// wantDescribed holds describe to what it should say of each error.
func wantDescribed(t *testing.T, all map[string]sentinel, describe func(error) problem.Problem) {
	t.Helper()
	for name, want := range all {
		p := describe(fmt.Errorf("do it with a secret: %w", want.err))
		if p.Status != want.status || p.Type != "urn:problem-type:"+want.name {
			t.Errorf("%s is described as %d %s, want %d %s", name, p.Status, p.Type, want.status, want.name)
		}
		if p.Title == "" || p.Detail != "" || strings.Contains(p.Title, "secret") {
			t.Errorf("%s is described as %+v, want a title of our own and no detail", name, p)
		}
	}
}

// wantListed wants every error that the packages declare to be among all: one that is
// new must not end as a 500.
func wantListed(t *testing.T, all map[string]sentinel, packages ...string) {
	t.Helper()
	declared := 0
	for _, pkg := range packages {
		for _, name := range exportedErrors(t, filepath.Join("..", pkg)) {
			declared++
			if _, ok := all[pkg+"."+name]; !ok {
				t.Errorf("%s.%s is not among the sentinels of this test", pkg, name)
			}
		}
	}
	if declared != len(all) {
		t.Errorf("%d exported errors are declared, want the %d that are listed", declared, len(all))
	}
}

// exportedErrors returns the names of the variables Err… that a package declares.
func exportedErrors(t *testing.T, dir string) []string {
	t.Helper()
	var names []string
	files, err := fs.Glob(os.DirFS(dir), "*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		parsed, err := parser.ParseFile(token.NewFileSet(), filepath.Join(dir, file), nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, declaration := range parsed.Decls {
			group, ok := declaration.(*ast.GenDecl)
			if !ok || group.Tok != token.VAR {
				continue
			}
			for _, spec := range group.Specs {
				for _, name := range spec.(*ast.ValueSpec).Names {
					if strings.HasPrefix(name.Name, "Err") {
						names = append(names, name.Name)
					}
				}
			}
		}
	}
	return names
}

func TestDescribe(t *testing.T) {
	t.Parallel()
	faults := field.Errors{{Name: "pages", Message: "must be from 1 to 1000"}, {Name: "name", Message: "must not be empty"}}
	taken := errors.New("taken")
	outcomes := append([]problem.Outcome{
		{Err: taken, Status: http.StatusConflict, Name: "taken", Title: "Somebody was first"},
		{Err: auth.ErrForbidden, Status: http.StatusNotFound, Name: "not-found", Title: "There is nothing for you"},
	}, problem.Common()...)
	tests := []struct {
		name string
		err  error
		want string // as JSON
	}{
		{"fields of a good request", fmt.Errorf("add book: %w", faults),
			`{"type":"urn:problem-type:invalid-fields","title":"Some fields have unacceptable values","status":422,` +
				`"errors":[{"field":"pages","message":"must be from 1 to 1000"},{"field":"name","message":"must not be empty"}]}`},
		{"fields of a malformed request", fmt.Errorf("read: %w", &request.MalformedError{Detail: "a parameter cannot be read", Fields: faults[:1]}),
			`{"type":"urn:problem-type:malformed-request","title":"The request cannot be read","status":400,` +
				`"detail":"a parameter cannot be read","errors":[{"field":"pages","message":"must be from 1 to 1000"}]}`},
		{"malformed as a whole", &request.MalformedError{Detail: "the body must be a JSON object"},
			`{"type":"urn:problem-type:malformed-request","title":"The request cannot be read","status":400,"detail":"the body must be a JSON object"}`},
		{"bad token for a reason", errors.Join(auth.ErrTokenInvalid, errors.New("token is expired")),
			`{"type":"urn:problem-type:invalid-token","title":"The token is not valid, or no longer","status":401}`},
		{"deadline", fmt.Errorf("list books: %w", context.DeadlineExceeded),
			`{"type":"urn:problem-type:unavailable","title":"Try again in a moment","status":503}`},
		{"an outcome of the program's own", fmt.Errorf("lend book: %w", taken),
			`{"type":"urn:problem-type:taken","title":"Somebody was first","status":409}`},
		{"the first of two outcomes", auth.ErrForbidden,
			`{"type":"urn:problem-type:not-found","title":"There is nothing for you","status":404}`},
		{"unknown", errors.New("password of user postgres is wrong"),
			`{"type":"urn:problem-type:internal","title":"Something went wrong on our side","status":500}`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			got, err := json.Marshal(problem.Describe(test.err, outcomes))
			if err != nil {
				t.Fatal(err)
			}
			if string(got) != test.want {
				t.Errorf("Describe(%v) = %s, want %s", test.err, got, test.want)
			}
		})
	}
}
