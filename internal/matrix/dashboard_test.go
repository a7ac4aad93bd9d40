//go:build e2e

package matrix_test

import (
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/phasekit/scaffold/generator/yaml"
	"github.com/phasekit/scaffold/internal/live"
)

var adminListening = regexp.MustCompile(`msg="admin listening" (?:service=\S+ )?addr=(\S+)`)

// watch starts a Prometheus with the project's own rules and jobs. A job's targets
// are the programs of its name.
func watch(t *testing.T, dir string, programs map[string]*server) *live.Prometheus {
	t.Helper()
	folder := filepath.Join(dir, "deploy", "prometheus")
	text, err := os.ReadFile(filepath.Join(folder, "prometheus.yml"))
	if err != nil {
		t.Fatal(err)
	}
	var own struct {
		RuleFiles     []string `yaml:"rule_files"`
		ScrapeConfigs []struct {
			JobName string `yaml:"job_name"`
		} `yaml:"scrape_configs"`
	}
	if err := yaml.DecodeLoose(text, &own); err != nil {
		t.Fatal(err)
	}
	type object = map[string]any
	config := object{"global": object{"scrape_interval": "1s", "evaluation_interval": "1s"}}
	var rules []string
	for _, file := range own.RuleFiles {
		rules = append(rules, filepath.Join(folder, file))
	}
	var jobs []object
	for _, job := range own.ScrapeConfigs {
		program, ok := programs[job.JobName]
		if !ok {
			t.Fatalf("Prometheus is to scrape %q, which is none of the programs", job.JobName)
		}
		target := program.logged(t, adminListening)
		jobs = append(jobs, object{"job_name": job.JobName, "static_configs": []object{{"targets": []string{target}}}})
	}
	config["rule_files"], config["scrape_configs"] = rules, jobs
	data, err := json.Marshal(config) // which is YAML too
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "prometheus.yml")
	if err := os.WriteFile(file, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return live.StartPrometheus(t, file)
}

// checkDashboard asks Prometheus what every panel of the dashboard asks. Each must
// get an answer that can be drawn.
func checkDashboard(t *testing.T, dir string, prometheus *live.Prometheus) {
	files, err := filepath.Glob(filepath.Join(dir, "deploy", "grafana", "dashboards", "*.json"))
	if err != nil || len(files) != 1 {
		t.Fatalf("dashboards = %v, %v, want one", files, err)
	}
	data, err := os.ReadFile(files[0])
	if err != nil {
		t.Fatal(err)
	}
	var dashboard struct {
		Panels []struct {
			Title   string
			Targets []struct{ Expr string }
		}
	}
	if err := json.Unmarshal(data, &dashboard); err != nil {
		t.Fatal(err)
	}
	asked, deadline := 0, time.Now().Add(time.Minute)
	for _, panel := range dashboard.Panels {
		for _, target := range panel.Targets {
			asked++
			// Grafana chooses this interval by the time that is shown, and people choose a service.
			expression := strings.NewReplacer("$__rate_interval", "1m", "$service", ".+").Replace(target.Expr)
			var got []float64
			for !slices.ContainsFunc(got, drawable) {
				if time.Now().After(deadline) {
					t.Errorf("panel %q: %s = %v, want a value", panel.Title, expression, got)
					break
				}
				time.Sleep(100 * time.Millisecond)
				got = prometheus.Query(t, expression)
			}
		}
	}
	if asked < 20 {
		t.Errorf("the dashboard asks %d questions: they were not read", asked)
	}
	for _, bad := range prometheus.BadRules(t) {
		t.Error(bad)
	}
}

func drawable(value float64) bool { return !math.IsNaN(value) && !math.IsInf(value, 0) }
