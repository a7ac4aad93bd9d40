package generator

import (
	"bytes"
	"errors"
	"fmt"
	"strconv"

	"github.com/phasekit/scaffold/generator/yaml"
)

// LockFile is the lock's path in a generated project.
const LockFile = ".scaffold.yaml"

// Lock records what a project was made from: enough to render it again.
type Lock struct {
	Version string // of scaffold
	Spec    Spec
}

const lockHead = "# What this project was made from, and by which version. Keep it in git.\n"

// encode writes the lock's keys in a fixed order.
func (l Lock) encode(c *Catalog) ([]byte, error) {
	b := bytes.NewBufferString(lockHead)
	write := func(key string, value any) error {
		line, err := yaml.Encode(map[string]any{key: value})
		b.Write(line)
		return err
	}
	err := errors.Join(write("version", l.Version), write("phase", l.Spec.Phase))
	for _, a := range c.Axes {
		if v, ok := l.Spec.Choices[a.Name]; ok {
			err = errors.Join(err, write(a.Name, v))
		}
	}
	err = errors.Join(err,
		write("name", l.Spec.Name),
		write("module", l.Spec.Module),
		write("owner", l.Spec.Owner),
		write("description", l.Spec.Description),
		write("author", l.Spec.Author))
	return b.Bytes(), err
}

// ParseLock reads a lock. The spec is as it was written; Resolve validates it.
func (c *Catalog) ParseLock(data []byte) (Lock, error) {
	entries, err := yaml.Entries(data)
	if err != nil {
		return Lock{}, fmt.Errorf("%s: %w", LockFile, err)
	}
	var l Lock
	for _, e := range entries {
		if e.Key == "version" {
			l.Version = e.Value
			continue
		}
		if err := c.Set(&l.Spec, e.Key, e.Value); err != nil {
			return Lock{}, fmt.Errorf("%s: line %d: %w", LockFile, e.Line, err)
		}
	}
	return l, nil
}

// Keys lists the names that Set knows, in the order in which they are asked.
func (c *Catalog) Keys() []string {
	keys := []string{"phase"}
	for _, a := range c.Axes {
		keys = append(keys, a.Name)
	}
	return append(keys, "name", "module", "owner", "description", "author")
}

// Set sets one part of a spec by its name, as presets and locks write it. The
// error is an *Error for an unknown key or a phase that is no number.
func (c *Catalog) Set(s *Spec, key, value string) error {
	switch key {
	case "phase":
		n, err := strconv.Atoi(value)
		if err != nil {
			return &Error{Field: key, Message: fmt.Sprintf("phase %s: want a number", quoted(value))}
		}
		s.Phase = n
	case "name":
		s.Name = value
	case "module":
		s.Module = value
	case "owner":
		s.Owner = value
	case "description":
		s.Description = value
	case "author":
		s.Author = value
	default:
		if _, ok := c.Axis(key); !ok {
			e := &Error{Field: key, Message: "unknown key " + quoted(key)}
			if near := Nearest(key, c.Keys()); near != "" {
				e.Hint = fmt.Sprintf("did you mean %s?", near)
			}
			return e
		}
		if s.Choices == nil {
			s.Choices = map[string]string{}
		}
		s.Choices[key] = value
	}
	return nil
}
