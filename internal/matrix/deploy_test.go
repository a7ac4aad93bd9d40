//go:build e2e

package matrix_test

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/compose-spec/compose-go/v2/loader"
	"github.com/compose-spec/compose-go/v2/types"

	"github.com/phasekit/scaffold/internal/live"
)

// checkCompose holds every compose file to the Compose specification. What a
// user must set before is set.
func checkCompose(t *testing.T, dir string) {
	for _, file := range find(t, dir, func(name string) bool {
		return strings.HasPrefix(name, "compose.") && strings.HasSuffix(name, ".yaml")
	}) {
		project, err := loader.LoadWithContext(t.Context(), types.ConfigDetails{
			WorkingDir:  filepath.Dir(file),
			ConfigFiles: []types.ConfigFile{{Filename: file}},
			Environment: types.Mapping{
				"IMAGE": "i", "SITE": "s", "JWT_SECRET": "j", "POSTGRES_PASSWORD": "p", "RABBITMQ_PASSWORD": "r",
				"GRAFANA_PASSWORD": "g", "SMTP_URL": "u", "MAIL_FROM": "m",
			},
		}, func(o *loader.Options) { o.SetProjectName("check", true) })
		if err != nil {
			t.Errorf("%s: %v", file, err)
			continue
		}
		for name, service := range project.Services {
			for needed := range service.DependsOn {
				if _, ok := project.Services[needed]; !ok {
					t.Errorf("%s: %s depends on %s, which is not there", file, name, needed)
				}
			}
		}
	}
}

var prometheusChecked sync.Map // keys are the contents of folders

// checkPrometheus holds Prometheus's configuration to its own tool, and has the
// project's tests of its alerts run. That takes half a minute, so a folder that several
// combinations have is checked once.
func checkPrometheus(t *testing.T, dir string) {
	promtool := live.Tool(t, "promtool")
	folder := filepath.Join(dir, "deploy", "prometheus")
	var content strings.Builder
	for _, file := range find(t, folder, func(string) bool { return true }) {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&content, "%s %q\n", filepath.Base(file), data)
	}
	if _, checked := prometheusChecked.LoadOrStore(content.String(), true); checked {
		return
	}
	command(t, folder, promtool, "check", "config", "prometheus.yml")
	command(t, folder, promtool, "test", "rules", "alerts_test.yml")
}

func shellcheck(t *testing.T, dir string) {
	scripts := find(t, dir, func(name string) bool { return strings.HasSuffix(name, ".sh") })
	if len(scripts) > 0 {
		command(t, dir, live.Tool(t, "shellcheck"), scripts...)
	}
}

// find returns the files of a project whose names fit.
func find(t *testing.T, dir string, fits func(name string) bool) []string {
	t.Helper()
	var found []string
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() && fits(d.Name()) {
			found = append(found, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}
