package parts

import (
	"runtime/debug"

	"github.com/acme/reservation-api/internal/config"
)

// Version returns what the image was built from, or else the commit that the
// build knows of.
func Version(cfg config.All) string {
	if cfg.Version != "" {
		return cfg.Version
	}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	for _, setting := range info.Settings {
		if setting.Key == "vcs.revision" {
			return setting.Value
		}
	}
	return info.Main.Version
}
