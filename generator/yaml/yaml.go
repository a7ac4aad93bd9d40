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
func Decode(data []byte, v any) error { return decode(data, v, true) }

// DecodeLoose is Decode for documents that are somebody else's: it passes over
// keys that v has no field for.
func DecodeLoose(data []byte, v any) error { return decode(data, v, false) }

func decode(data []byte, v any, strict bool) error {
	dec := yaml.NewDecoder(bytes.NewReader(data))
	dec.KnownFields(strict)
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

// Map is a mapping in the file's order, for DecodeLoose: what is inside of it
// is never decoded strictly.
type Map[V any] []Item[V]

// Item is one key of a Map and its value.
type Item[V any] struct {
	Key   string
	Value V
}

// UnmarshalYAML implements [yaml.Unmarshaler].
func (m *Map[V]) UnmarshalYAML(node *yaml.Node) error {
	if node.Kind != yaml.MappingNode {
		return fmt.Errorf("line %d: want a mapping", node.Line)
	}
	read := make(Map[V], 0, len(node.Content)/2)
	seen := map[string]bool{}
	for i := 0; i < len(node.Content); i += 2 {
		key, item := node.Content[i], Item[V]{}
		if err := key.Decode(&item.Key); err != nil {
			return err
		}
		if seen[item.Key] {
			return fmt.Errorf("line %d: %s is there twice", key.Line, item.Key)
		}
		seen[item.Key] = true
		if err := node.Content[i+1].Decode(&item.Value); err != nil {
			return err
		}
		read = append(read, item)
	}
	*m = read
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
