package live

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"os/exec"
	"strconv"
	"testing"
)

// Prometheus is a Prometheus server. It ends with the test.
type Prometheus struct {
	url string
}

// StartPrometheus starts the program on this machine with a configuration file.
func StartPrometheus(t testing.TB, config string) *Prometheus {
	t.Helper()
	program, err := exec.LookPath("prometheus")
	if err != nil {
		missing(t, "prometheus")
	}
	dir, addr := t.TempDir(), "127.0.0.1:"+freePort(t)
	newProcess(t, "prometheus", addr, dir, func() *exec.Cmd {
		return exec.CommandContext(context.Background(), program,
			"--config.file="+config, "--storage.tsdb.path="+dir, "--web.listen-address="+addr)
	})
	return &Prometheus{url: "http://" + addr}
}

// Query returns the values that an expression has now, one for each series.
// Source: https://prometheus.io/docs/prometheus/latest/querying/api/#instant-queries
func (p *Prometheus) Query(t testing.TB, expression string) []float64 {
	t.Helper()
	var result struct {
		Result []struct {
			Value [2]any // when, in seconds, and what, as text
		}
	}
	p.get(t, "/api/v1/query?query="+url.QueryEscape(expression), &result)
	var values []float64
	for _, series := range result.Result {
		value, err := strconv.ParseFloat(fmt.Sprint(series.Value[1]), 64)
		if err != nil {
			t.Fatalf("%s: %v", expression, err)
		}
		values = append(values, value)
	}
	return values
}

// BadRules names the rules that cannot be evaluated, and why.
// Source: https://prometheus.io/docs/prometheus/latest/querying/api/#rules
func (p *Prometheus) BadRules(t testing.TB) []string {
	t.Helper()
	var result struct {
		Groups []struct {
			Rules []struct{ Name, Health, LastError string }
		}
	}
	p.get(t, "/api/v1/rules", &result)
	var bad []string
	for _, group := range result.Groups {
		for _, rule := range group.Rules {
			if rule.Health != "ok" {
				bad = append(bad, fmt.Sprintf("%s is %s: %s", rule.Name, rule.Health, rule.LastError))
			}
		}
	}
	if len(result.Groups) == 0 {
		bad = append(bad, "there are no rules")
	}
	return bad
}

// get decodes what is in the envelope that every answer comes in.
func (p *Prometheus) get(t testing.TB, path string, data any) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, p.url+path, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	answer := struct {
		Status, Error string
		Data          any
	}{Data: data}
	if err := json.NewDecoder(response.Body).Decode(&answer); err != nil || answer.Status != "success" {
		t.Fatalf("GET %s: %s, %v, %s", path, response.Status, err, answer.Error)
	}
}
