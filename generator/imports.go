package generator

import (
	"bytes"
	"fmt"
	"go/parser"
	"go/token"
	"strconv"
	"strings"
)

// placeholderModule is the module path that the Go files in layers import.
const placeholderModule = "example.com/app"

// RewriteImports returns src with every import of the module path from, or of
// a package below it, pointing to the module path to. Only the bytes of those
// import specs change; comments, strings and formatting stay as they are.
// An error means that src is not Go or that a spec is not a valid string.
func RewriteImports(src []byte, from, to string) ([]byte, error) {
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, "", src, parser.ImportsOnly|parser.SkipObjectResolution)
	if err != nil {
		return nil, fmt.Errorf("rewrite imports: %w", err)
	}
	var out []byte
	done := 0
	for _, spec := range file.Imports {
		path, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			return nil, fmt.Errorf("rewrite imports: %s: %w", spec.Path.Value, err)
		}
		rest, ok := strings.CutPrefix(path, from)
		if !ok || rest != "" && rest[0] != '/' {
			continue
		}
		// The end is counted from the literal and not taken from End, which
		// honours the carriage returns that go/scanner strips from raw strings.
		start := fset.PositionFor(spec.Path.Pos(), false).Offset
		end := start + literalLen(src[start:])
		out = append(out, src[done:start]...)
		out = strconv.AppendQuote(out, to+rest)
		done = end
	}
	if done == 0 {
		return src, nil
	}
	return append(out, src[done:]...), nil
}

// literalLen is the length of the string literal that src starts with. An
// import path holds no quote and no escape of one, so the next quote ends it.
func literalLen(src []byte) int {
	return 2 + bytes.IndexByte(src[1:], src[0])
}
