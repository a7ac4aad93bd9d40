package logging_test

import (
	"bytes"
	"log/slog"
	"regexp"
	"testing"

	"example.com/app/internal/logging"
)

func TestNewHandler(t *testing.T) {
	tests := []struct {
		name       string
		production bool
		want       string
	}{
		{"text for people", false, `^time=\S+ level=WARN msg="hello there" n=1\n$`},
		{"JSON for machines", true, `^\{"time":"[^"]+","level":"WARN","msg":"hello there","n":1\}\n$`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var out bytes.Buffer
			logger := slog.New(logging.NewHandler(&out, slog.LevelWarn, test.production))
			logger.Info("below the level")
			logger.Warn("hello there", slog.Int("n", 1))
			if !regexp.MustCompile(test.want).MatchString(out.String()) {
				t.Errorf("log = %q, want it to match %s", &out, test.want)
			}
		})
	}
}
