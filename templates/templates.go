// Package templates holds the catalog and the layers that projects are made of.
package templates

import (
	"embed"
	"io/fs"
)

//go:embed all:_layers catalog.yaml
var files embed.FS

// FS is the file system that the generator reads: catalog.yaml and _layers.
func FS() fs.FS { return files }
