package token

import (
	"slices"
	"strings"
)

// Hide returns an environment without the variables that hold tokens, for
// programs that have no use for one.
func Hide(env []string) []string {
	return slices.DeleteFunc(slices.Clone(env), func(variable string) bool {
		name, _, _ := strings.Cut(variable, "=")
		switch strings.ToUpper(name) { // Windows has them in any case
		case "GH_TOKEN", "GITHUB_TOKEN", "GH_ENTERPRISE_TOKEN", "GITHUB_ENTERPRISE_TOKEN":
			return true
		}
		return false
	})
}
