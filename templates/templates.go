// Package templates holds the catalog and the layers that projects are made of,
// and what a student does with them.
package templates

import (
	"embed"
	"io/fs"
)

//go:embed all:_layers catalog.yaml roadmap
var files embed.FS

// FS is the file system that the generator reads, catalog.yaml and _layers, and
// the roadmaps.
func FS() fs.FS { return files }
