//go:build e2e

package githubtest

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/phasekit/scaffold/internal/live"
)

// TestOpenAPICatchesAnswers: a wrong answer of this server's own does not pass. It also
// notices for all other tests that the description is missing.
func TestOpenAPICatchesAnswers(t *testing.T) {
	s, err := loadSchema()
	if err != nil {
		if live.Required() {
			t.Fatalf("GitHub's OpenAPI description: %v, and SCAFFOLD_LIVE=required (make openapi)", err)
		}
		t.Skip("GitHub's OpenAPI description is missing: no traffic is held against it (make openapi)")
	}
	for _, tt := range []struct {
		name, answer, says string
		status             int
	}{
		{name: "right", status: 200, answer: `{"names":["go"]}`},
		{name: "wrong kind", status: 200, answer: `{"names":"go"}`, says: "value must be an array"},
		{name: "no JSON", status: 200, answer: `names`, says: "answer"},
		{name: "status of another operation", status: 201, answer: `{"names":["go"]}`, says: "status 201 is not described"},
		{name: "refusal", status: 404, answer: `{"message":"Not Found"}`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, problems := s.check(&exchange{
				pattern: "GET /repos/{owner}/{repo}/topics",
				request: httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/repos/octocat/demo/topics", http.NoBody),
				status:  tt.status, header: http.Header{"Content-Type": {"application/json; charset=utf-8"}}, answer: []byte(tt.answer),
			})
			got := errors.Join(problems...)
			if (got != nil) != (tt.says != "") || got != nil && !strings.Contains(got.Error(), tt.says) {
				t.Errorf("check(%s) = %v, want %q", tt.answer, got, tt.says)
			}
		})
	}
}
