package workflow

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/phasekit/scaffold/generator/yaml"
)

// matrix is what a job is repeated for: axes with their values, combinations
// to leave out and combinations to add.
type matrix struct {
	axes             yaml.Map[[]any]
	include, exclude []yaml.Map[any]
}

// combination is one cell of a matrix: a value for each key, in the order in
// which GitHub lists them.
type combination = yaml.Map[any]

// UnmarshalYAML refuses a matrix that only GitHub can work out.
func (m *matrix) UnmarshalYAML(decode func(any) error) error {
	var given yaml.Map[any]
	if err := decode(&given); err != nil {
		return fmt.Errorf("matrix: only lists that are written out are understood: %w", err)
	}
	var lists struct {
		Include []combination `yaml:"include"`
		Exclude []combination `yaml:"exclude"`
	}
	if err := decode(&lists); err != nil {
		return fmt.Errorf("matrix: %w", err)
	}
	m.include, m.exclude = lists.Include, lists.Exclude
	for _, axis := range given {
		if axis.Key == "include" || axis.Key == "exclude" {
			continue
		}
		values, ok := axis.Value.([]any)
		if !ok {
			return fmt.Errorf("matrix: %s: only a list that is written out is understood", axis.Key)
		}
		m.axes = append(m.axes, yaml.Item[[]any]{Key: axis.Key, Value: values})
	}
	return nil
}

func (m matrix) given() bool { return len(m.axes) > 0 || len(m.include) > 0 }

// expand returns the names of the jobs that a job of this name is repeated as.
func (m matrix) expand(name string) ([]string, error) {
	if !m.given() {
		if expression.MatchString(name) {
			return nil, fmt.Errorf("name %q: only a name that depends on nothing but the matrix is understood", name)
		}
		return []string{name}, nil
	}
	var names []string
	for _, c := range m.combinations() {
		expanded, err := expandName(name, c)
		if err != nil {
			return nil, err
		}
		names = append(names, expanded)
	}
	return names, nil
}

// combinations follows GitHub's rules: an exclusion drops every combination
// that holds its values, and an inclusion is added to the combinations whose
// values of the axes it does not change, or else is a combination of its own.
func (m matrix) combinations() []combination {
	var all []combination
	if len(m.axes) > 0 {
		all = []combination{nil}
	}
	for _, axis := range m.axes {
		var longer []combination
		for _, c := range all {
			for _, v := range axis.Value {
				longer = append(longer, append(slices.Clone(c), yaml.Item[any]{Key: axis.Key, Value: v}))
			}
		}
		all = longer
	}
	for _, unwanted := range m.exclude {
		all = slices.DeleteFunc(all, func(c combination) bool {
			return !slices.ContainsFunc(unwanted, func(item yaml.Item[any]) bool { return !has(c, item) })
		})
	}
	axes := len(m.axes)
	crossed := len(all)
	for _, extra := range m.include {
		fits := func(c combination) bool {
			return !slices.ContainsFunc(extra, func(item yaml.Item[any]) bool {
				_, isAxis := value(c[:axes], item.Key)
				return isAxis && !has(c[:axes], item)
			})
		}
		added := false
		for i := range all[:crossed] {
			if fits(all[i]) {
				all[i] = merge(all[i], extra)
				added = true
			}
		}
		if !added {
			all = append(all, extra)
		}
	}
	return all
}

func value(c combination, key string) (any, bool) {
	i := slices.IndexFunc(c, func(item yaml.Item[any]) bool { return item.Key == key })
	if i < 0 {
		return nil, false
	}
	return c[i].Value, true
}

func has(c combination, item yaml.Item[any]) bool {
	v, ok := value(c, item.Key)
	return ok && fmt.Sprint(v) == fmt.Sprint(item.Value)
}

// merge returns c with what extra adds and changes.
func merge(c, extra combination) combination {
	merged := slices.Clone(c)
	for _, item := range extra {
		i := slices.IndexFunc(merged, func(old yaml.Item[any]) bool { return old.Key == item.Key })
		if i < 0 {
			merged = append(merged, item)
		} else {
			merged[i] = item
		}
	}
	return merged
}

var (
	expression = regexp.MustCompile(`\$\{\{(.*?)\}\}`)
	reference  = regexp.MustCompile(`^ *matrix((?:\.[A-Za-z_][A-Za-z0-9_-]*)+) *$`)
)

// GitHub cuts a name that it makes up itself here.
const longestMadeUp = 100

// expandName puts the values into the name. To a name without expressions
// GitHub adds them in parentheses.
func expandName(name string, c combination) (string, error) {
	if !expression.MatchString(name) {
		var values []string
		for _, item := range c {
			text, ok := scalar(item.Value)
			if !ok {
				return "", fmt.Errorf("matrix: %s is not a single value, so the job needs a name that says which", item.Key)
			}
			values = append(values, text)
		}
		name = fmt.Sprintf("%s (%s)", name, strings.Join(values, ", "))
		if len(name) > longestMadeUp {
			return "", fmt.Errorf("GitHub cuts the name %q: the job needs a shorter one", name)
		}
		return name, nil
	}
	var problem error
	expanded := expression.ReplaceAllStringFunc(name, func(match string) string {
		found := reference.FindStringSubmatch(expression.FindStringSubmatch(match)[1])
		if found == nil {
			problem = fmt.Errorf("name %q: only a name that depends on nothing but the matrix is understood", name)
			return ""
		}
		text, ok := lookup(c, strings.Split(found[1], ".")[1:])
		if !ok {
			problem = fmt.Errorf("name %q: matrix%s is not a single value", name, found[1])
		}
		return text
	})
	return expanded, problem
}

// lookup follows a path of keys to a single value. A key that is not there is
// empty, as it is on GitHub.
func lookup(c combination, keys []string) (string, bool) {
	v, _ := value(c, keys[0])
	for _, key := range keys[1:] {
		inner, ok := v.(map[string]any)
		if !ok {
			return "", v == nil
		}
		v = inner[key]
	}
	return scalar(v)
}

func scalar(v any) (string, bool) {
	switch v := v.(type) {
	case nil:
		return "", true
	case string, bool, int, float64:
		return fmt.Sprint(v), true
	default:
		return "", false
	}
}
