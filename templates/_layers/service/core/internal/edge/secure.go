package edge

import (
	"net/http"
	"strings"
)

// What browsers may do with an answer. The API's are data, which needs nothing. The
// page below /docs loads scripts and styles of its own server, and has some inside:
// it is the same for everybody, so that nobody can add to them.
const (
	policyOfData = "default-src 'none'; frame-ancestors 'none'"
	policyOfDocs = "default-src 'none'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; " +
		"img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)

// secure sets the headers of the OWASP REST Security Cheat Sheet. A handler may
// replace them.
func secure(next http.Handler, production bool) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("X-Frame-Options", "DENY")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Content-Security-Policy", policyOfData)
		if within(r, "/docs") {
			h.Set("Content-Security-Policy", policyOfDocs)
		}
		if within(r, "/v1") {
			h.Set("Cache-Control", "no-store")
		}
		if production {
			h.Set("Strict-Transport-Security", "max-age=31536000") // a year
		}
		next.ServeHTTP(w, r)
	})
}

func within(r *http.Request, dir string) bool {
	return r.URL.Path == dir || strings.HasPrefix(r.URL.Path, dir+"/")
}
