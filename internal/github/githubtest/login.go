package githubtest

import (
	"encoding/json"
	"net/http"
)

// serveLogin is the device flow: the second time that the device asks, its user
// has entered the code. As GitHub does, it refuses with status 200.
// https://docs.github.com/apps/oauth-apps/building-oauth-apps/authorizing-oauth-apps#device-flow
func (s *Server) serveLogin(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	said := object{"error": "not_found"}
	switch {
	case r.Method != http.MethodPost:
		w.WriteHeader(http.StatusNotFound)
	case r.FormValue("client_id") == "":
		w.WriteHeader(http.StatusNotFound)
	case r.URL.Path == "/login/device/code":
		said = object{
			"device_code": "3584d83530557fdd1f46af8289938c8ef79f9dc5", "user_code": "WDJB-MJHT",
			"verification_uri": s.URL + "login/device", "expires_in": 900, "interval": 1,
		}
	case r.URL.Path == "/login/oauth/access_token":
		s.mu.Lock()
		s.devicePoll++
		waiting := s.devicePoll == 1
		s.mu.Unlock()
		said = object{"access_token": Secret, "token_type": "bearer", "scope": "repo,workflow,read:org"}
		if waiting {
			said = object{"error": "authorization_pending", "error_description": "The authorization request is still pending."}
		}
	default:
		w.WriteHeader(http.StatusNotFound)
	}
	_ = json.NewEncoder(w).Encode(said) // into a recorder
}
