package githubtest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
)

const deviceCode = "3584d83530557fdd1f46af8289938c8ef79f9dc5"

// serveLogin is the device flow. As GitHub does, it refuses with status 200, and
// answers in JSON only whom asks for it.
// https://docs.github.com/apps/oauth-apps/building-oauth-apps/authorizing-oauth-apps#device-flow
func (s *Server) serveLogin(w http.ResponseWriter, r *http.Request) {
	said, status := s.login(r)
	if strings.Contains(r.Header.Get("Accept"), "application/json") {
		w.Header().Set("Content-Type", "application/json; charset=utf-8")
		w.WriteHeader(status)
		_ = json.NewEncoder(w).Encode(said) // into a recorder
		return
	}
	form := url.Values{}
	for name, value := range said {
		form.Set(name, fmt.Sprint(value))
	}
	w.Header().Set("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write([]byte(form.Encode())) // as above
}

func (s *Server) login(r *http.Request) (said object, status int) {
	if r.Method != http.MethodPost || r.FormValue("client_id") == "" {
		return object{"error": "Not Found"}, http.StatusNotFound
	}
	switch r.URL.Path {
	case "/login/device/code":
		return object{
			"device_code": deviceCode, "user_code": "WDJB-MJHT",
			"verification_uri": s.URL + "login/device", "expires_in": 900, "interval": 1,
		}, http.StatusOK
	case "/login/oauth/access_token":
		switch {
		case r.FormValue("grant_type") != "urn:ietf:params:oauth:grant-type:device_code":
			return object{"error": "unsupported_grant_type"}, http.StatusOK
		case r.FormValue("device_code") != deviceCode:
			return object{"error": "incorrect_device_code", "error_description": "The device_code provided is not valid."}, http.StatusOK
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		if len(s.polls) == 0 {
			return object{"access_token": Secret, "token_type": "bearer", "scope": "read:org,repo,workflow"}, http.StatusOK
		}
		said = object{"error": s.polls[0], "error_description": "made up"}
		if s.polls[0] == "slow_down" {
			said["interval"] = 6 // 5 s more than before
		}
		s.polls = s.polls[1:]
		return said, http.StatusOK
	default:
		return object{"error": "Not Found"}, http.StatusNotFound
	}
}
