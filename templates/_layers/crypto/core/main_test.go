package main

import "testing"

func TestBuildVersion(t *testing.T) {
	before := version
	t.Cleanup(func() { version = before })

	version = "v1.2.3"
	if got := buildVersion(); got != "v1.2.3" {
		t.Errorf("buildVersion() = %q, want the linker's v1.2.3", got)
	}
}
