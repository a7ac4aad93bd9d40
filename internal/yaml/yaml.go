// Package yaml reads and writes the project's YAML: the catalog, layer files,
// presets and locks. It is the only package that knows the YAML library.
package yaml

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"gopkg.in/yaml.v3"
)

// Decode reads exactly one document into v and refuses keys that v has no
// field for. Errors carry line numbers.
func Decode(data []byte, v any) error {
	dec := yaml.NewDecoder(bytes.NewReader(data))
	dec.KnownFields(true)
	if err := dec.Decode(v); err != nil {
		if errors.Is(err, io.EOF) {
			return errors.New("the file is empty")
		}
		return err
	}
	if err := dec.Decode(new(yaml.Node)); !errors.Is(err, io.EOF) {
		return errors.New("more than one document")
	}
	return nil
}

// Encode writes v as one document, indented by two spaces.
func Encode(v any) ([]byte, error) {
	var b bytes.Buffer
	enc := yaml.NewEncoder(&b)
	enc.SetIndent(2)
	if err := enc.Encode(v); err != nil {
		return nil, err
	}
	return b.Bytes(), enc.Close()
}

// Entry is one `key: value` line of a flat mapping.
type Entry struct {
	Key, Value string
	Line       int // 1-based
}

// LineError says what is wrong on which line.
type LineError struct {
	Line int // 1-based
	Err  error
}

func (e *LineError) Error() string { return fmt.Sprintf("line %d: %v", e.Line, e.Err) }
func (e *LineError) Unwrap() error { return e.Err }

// Entries reads one document that is a flat mapping of scalars, in the file's
// order. A nested value, an alias or a key that is there twice is a
// *LineError.
func Entries(data []byte) ([]Entry, error) {
	var doc yaml.Node
	if err := Decode(data, &doc); err != nil {
		return nil, err
	}
	root := doc.Content[0]
	if root.Kind != yaml.MappingNode {
		return nil, &LineError{Line: root.Line, Err: errors.New("want `key: value` lines")}
	}
	var entries []Entry
	seen := map[string]int{}
	for i := 0; i < len(root.Content); i += 2 {
		key, value := root.Content[i], root.Content[i+1]
		if key.Kind != yaml.ScalarNode || value.Kind != yaml.ScalarNode {
			return nil, &LineError{Line: key.Line, Err: fmt.Errorf("%s: want a single value", key.Value)}
		}
		if first, twice := seen[key.Value]; twice {
			return nil, &LineError{Line: key.Line, Err: fmt.Errorf("%s is set twice, first on line %d", key.Value, first)}
		}
		seen[key.Value] = key.Line
		text := value.Value
		if value.Tag == "!!null" {
			text = ""
		}
		entries = append(entries, Entry{Key: key.Value, Value: text, Line: key.Line})
	}
	return entries, nil
}
