package httpapi_test

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/labstack/echo/v5"

	"example.com/app/internal/httpapi"
)

// Echo's own middleware fails with errors that hold a status.
func TestEchoErrors(t *testing.T) {
	var log bytes.Buffer
	h, err := httpapi.New(httpapi.Options{Logger: newLogger(&log)})
	if err != nil {
		t.Fatalf("New: %v", err)
	}
	handle(h, "/failing", func(http.ResponseWriter, *http.Request) error {
		return echo.ErrTooManyRequests.Wrap(http.ErrBodyNotAllowed)
	})
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/failing", http.NoBody))
	const want = `{"type":"about:blank","title":"Too Many Requests","status":429}` + "\n"
	if w.Code != http.StatusTooManyRequests || w.Body.String() != want {
		t.Errorf("GET /failing = %d %q, want 429 %q", w.Code, w.Body, want)
	}
	if got := w.Header().Get("Content-Type"); got != "application/problem+json" {
		t.Errorf("Content-Type = %q, want application/problem+json", got)
	}
}
