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
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/acme/reservation-api/internal/auth"
	"github.com/acme/reservation-api/internal/field"
	"github.com/acme/reservation-api/internal/limit"
	"github.com/acme/reservation-api/internal/outage"
	"github.com/acme/reservation-api/internal/problem"
	"github.com/acme/reservation-api/internal/request"
	"github.com/acme/reservation-api/internal/reservation"
	"github.com/acme/reservation-api/internal/user"
)

// sentinels is every exported error of the domain, and what a client is told.
func sentinels() map[string]struct {
	err    error
	status int
	name   string // of the type
} {
	return map[string]struct {
		err    error
		status int
		name   string
	}{
		"problem.ErrNoRoute":  {problem.ErrNoRoute, 404, "not-found"},
		"problem.ErrNoMethod": {problem.ErrNoMethod, 405, "method-not-allowed"},

		"request.ErrMediaType": {request.ErrMediaType, 415, "unsupported-media-type"},
		"request.ErrTooLarge":  {request.ErrTooLarge, 413, "body-too-large"},
		"request.ErrNoIfMatch": {request.ErrNoIfMatch, 428, "if-match-required"},

		"auth.ErrUnauthenticated": {auth.ErrUnauthenticated, 401, "unauthenticated"},
		"auth.ErrTokenInvalid":    {auth.ErrTokenInvalid, 401, "invalid-token"},
		"auth.ErrTokenReused":     {auth.ErrTokenReused, 401, "token-reused"},
		"auth.ErrForbidden":       {auth.ErrForbidden, 403, "forbidden"},

		"user.ErrWrongCredential": {user.ErrWrongCredential, 401, "wrong-credentials"},
		"user.ErrEpochOver":       {user.ErrEpochOver, 401, "invalid-token"},
		"user.ErrWrongPassword":   {user.ErrWrongPassword, 403, "wrong-password"},
		"user.ErrNotFound":        {user.ErrNotFound, 404, "not-found"},
		"user.ErrEmailTaken":      {user.ErrEmailTaken, 409, "email-taken"},
		"user.ErrLastAdmin":       {user.ErrLastAdmin, 409, "last-admin"},

		"reservation.ErrNotFound":     {reservation.ErrNotFound, 404, "not-found"},
		"reservation.ErrRoomNotFound": {reservation.ErrRoomNotFound, 404, "not-found"},
		"reservation.ErrNameTaken":    {reservation.ErrNameTaken, 409, "room-name-taken"},
		"reservation.ErrRoomInUse":    {reservation.ErrRoomInUse, 409, "room-in-use"},
		"reservation.ErrOverlap":      {reservation.ErrOverlap, 409, "room-taken"},
		"reservation.ErrStarted":      {reservation.ErrStarted, 409, "reservation-started"},
		"reservation.ErrCancelled":    {reservation.ErrCancelled, 409, "reservation-cancelled"},
		"reservation.ErrStale":        {reservation.ErrStale, 412, "version-mismatch"},
		"reservation.ErrKeyReused":    {reservation.ErrKeyReused, 422, "key-reused"},

		"limit.ErrExceeded": {limit.ErrExceeded, 429, "rate-limited"},

		"outage.ErrUnavailable": {outage.ErrUnavailable, 503, "unavailable"},
	}
}

func TestSentinels(t *testing.T) {
	t.Parallel()
	for name, want := range sentinels() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := problem.From(fmt.Errorf("do it with a secret: %w", want.err))
			if p.Status != want.status || p.Type != "urn:problem-type:"+want.name {
				t.Errorf("From(%v) = %d %s, want %d %s", want.err, p.Status, p.Type, want.status, want.name)
			}
			if p.Title == "" || p.Detail != "" || strings.Contains(p.Title, "secret") {
				t.Errorf("From(%v) = %+v, want a title of our own and no detail", want.err, p)
			}
		})
	}
}

// An error that is new in the domain must not end as a 500.
func TestAllSentinelsAreListed(t *testing.T) {
	t.Parallel()
	all := sentinels()
	declared := 0
	for _, pkg := range []string{"problem", "request", "auth", "user", "reservation", "limit", "outage", "page", "field"} {
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

func TestFrom(t *testing.T) {
	t.Parallel()
	faults := field.Errors{{Name: "capacity", Message: "must be from 1 to 1000"}, {Name: "name", Message: "must not be empty"}}
	tests := []struct {
		name string
		err  error
		want string // as JSON
	}{
		{"fields of a good request", fmt.Errorf("create room: %w", faults),
			`{"type":"urn:problem-type:invalid-fields","title":"Some fields have unacceptable values","status":422,` +
				`"errors":[{"field":"capacity","message":"must be from 1 to 1000"},{"field":"name","message":"must not be empty"}]}`},
		{"fields of a malformed request", fmt.Errorf("read: %w", &request.MalformedError{Detail: "a parameter cannot be read", Fields: faults[:1]}),
			`{"type":"urn:problem-type:malformed-request","title":"The request cannot be read","status":400,` +
				`"detail":"a parameter cannot be read","errors":[{"field":"capacity","message":"must be from 1 to 1000"}]}`},
		{"malformed as a whole", &request.MalformedError{Detail: "the body must be a JSON object"},
			`{"type":"urn:problem-type:malformed-request","title":"The request cannot be read","status":400,"detail":"the body must be a JSON object"}`},
		{"bad token for a reason", errors.Join(auth.ErrTokenInvalid, errors.New("token is expired")),
			`{"type":"urn:problem-type:invalid-token","title":"The token is not valid, or no longer","status":401}`},
		{"deadline", fmt.Errorf("list rooms: %w", context.DeadlineExceeded),
			`{"type":"urn:problem-type:unavailable","title":"Try again in a moment","status":503}`},
		{"unknown", errors.New("password of user postgres is wrong"),
			`{"type":"urn:problem-type:internal","title":"Something went wrong on our side","status":500}`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			got, err := json.Marshal(problem.From(test.err))
			if err != nil {
				t.Fatal(err)
			}
			if string(got) != test.want {
				t.Errorf("From(%v) = %s, want %s", test.err, got, test.want)
			}
		})
	}
}
