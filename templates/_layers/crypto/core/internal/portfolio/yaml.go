package portfolio

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"

	"go.yaml.in/yaml/v4"

	"example.com/app/internal/market"
)

// document reads the one document of a YAML file. It is left as nodes, because a
// node still knows its line, and because a number must not pass through a float.
func document(data []byte) (*yaml.Node, error) {
	loader, err := yaml.NewLoader(bytes.NewReader(data), yaml.WithV4Defaults())
	if err != nil {
		return nil, fmt.Errorf("make YAML loader: %w", err)
	}
	var doc, second yaml.Node
	err = loader.Load(&doc)
	wrong, isWrong := errors.AsType[*yaml.LoadError](err)
	switch {
	case errors.Is(err, io.EOF):
		return nil, errors.New("the file is empty")
	case isWrong:
		return nil, fmt.Errorf("line %d: not YAML: %s", max(1, wrong.Mark.Line), wrong.Message)
	case err != nil:
		return nil, fmt.Errorf("not YAML: %w", err)
	case len(doc.Content) == 0 || isNull(doc.Content[0]):
		return nil, errors.New("the file is empty")
	case !errors.Is(loader.Load(&second), io.EOF):
		return nil, errors.New("there is more than one document in the file")
	default:
		return doc.Content[0], nil
	}
}

// problems are what is wrong with a file.
type problems []error

func (p *problems) add(line int, format string, args ...any) {
	*p = append(*p, fmt.Errorf("line %d: "+format, append([]any{line}, args...)...))
}

// fields returns the values in a mapping by their keys, or nil when node is
// something else.
func (p *problems) fields(node *yaml.Node, name string, known ...string) map[string]*yaml.Node {
	node = target(node)
	if node.Kind != yaml.MappingNode {
		p.add(node.Line, "%s is not a set of keys and values", name)
		return nil
	}
	fields := make(map[string]*yaml.Node)
	for i := 0; i+1 < len(node.Content); i += 2 {
		key, value := node.Content[i], target(node.Content[i+1])
		switch {
		case !slices.Contains(known, key.Value):
			p.unknown(key, known)
		case fields[key.Value] != nil:
			p.add(key.Line, "%s is already on line %d", key.Value, fields[key.Value].Line)
		default:
			fields[key.Value] = value
		}
	}
	return fields
}

func (p *problems) unknown(key *yaml.Node, known []string) {
	hint := ""
	if i := slices.IndexFunc(known, func(s string) bool { return market.Alike(key.Value, s) }); i >= 0 {
		hint = ": did you mean " + known[i] + "?"
	}
	p.add(key.Line, "unknown key %q%s", key.Value, hint)
}

// list returns what is in a list, of which there must be something.
func (p *problems) list(node *yaml.Node, name string) []*yaml.Node {
	switch {
	case node == nil || isNull(node) || node.Kind == yaml.SequenceNode && len(node.Content) == 0:
		*p = append(*p, fmt.Errorf("there are no %s", name))
		return nil
	case node.Kind != yaml.SequenceNode:
		p.add(node.Line, "%s is not a list", name)
		return nil
	default:
		return node.Content
	}
}

// read parses the scalar in a field. What is wrong with it is added to errs; line
// is where to look when the field is missing.
func read[T any](errs *problems, fields map[string]*yaml.Node, line int, name string, parse func(string) (T, error)) T {
	var value T
	node := fields[name]
	switch {
	case node == nil:
		errs.add(line, "%s is missing", name)
	case isNull(node):
		errs.add(node.Line, "%s is empty", name)
	case node.Kind != yaml.ScalarNode:
		errs.add(node.Line, "%s is not a single value", name)
	default:
		var err error
		if value, err = parse(node.Value); err != nil {
			errs.add(node.Line, "%s: %w", name, err)
		}
	}
	return value
}

func isNull(node *yaml.Node) bool { return node.ShortTag() == "!!null" }

// target is what an alias stands for, or else the node itself.
func target(node *yaml.Node) *yaml.Node {
	if node.Kind == yaml.AliasNode {
		return node.Alias
	}
	return node
}
