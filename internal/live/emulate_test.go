//go:build e2e

package live_test

import (
	"encoding/json"
	"net/http"
	"testing"

	"github.com/phasekit/scaffold/internal/live"
)

func TestStartEmulate(t *testing.T) {
	base := live.StartEmulate(t)
	for token, want := range map[string]string{"test_token_user1": "octocat", "test_token_admin": "admin"} {
		if got := login(t, base, token); got != want {
			t.Errorf("GET /user with %s = %q, want %q", token, got, want)
		}
	}
}

func login(t *testing.T, base, token string) string {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, base+"/user", http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+token)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var user struct{ Login string }
	if err := json.NewDecoder(resp.Body).Decode(&user); err != nil {
		t.Fatal(err)
	}
	return user.Login
}
