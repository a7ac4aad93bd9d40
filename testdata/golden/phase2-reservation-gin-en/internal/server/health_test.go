package server_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/acme/reservation-api/internal/server"
)

func TestCheckHealth(t *testing.T) {
	status := http.StatusOK
	asked := ""
	program := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked = r.Method + " " + r.URL.Path
		w.WriteHeader(status)
	}))
	defer program.Close()
	_, port, _ := strings.Cut(program.Listener.Addr().String(), ":")
	for _, host := range []string{"127.0.0.1", "", "0.0.0.0", "[::]"} {
		if err := server.CheckHealth(t.Context(), "ADMIN_ADDR", host+":"+port); err != nil || asked != "GET /healthz" {
			t.Errorf("CheckHealth(%s:%s) = %v, asked %s, want no error", host, port, err, asked)
		}
	}
	status = http.StatusInternalServerError
	tests := map[string]string{
		"127.0.0.1:" + port: "GET /healthz: 500",
		"":                  "ADMIN_ADDR is not set",
		port:                "read ADMIN_ADDR",
	}
	for addr, want := range tests {
		if err := server.CheckHealth(t.Context(), "ADMIN_ADDR", addr); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("CheckHealth(%s) = %v, want it to say %q", addr, err, want)
		}
	}
}
