package workflow

import (
	"errors"
	"fmt"
	"slices"

	"github.com/phasekit/scaffold/generator/yaml"
)

const pullRequest = "pull_request"

// triggers are what a workflow runs on: an event, a list of them, or a mapping
// of events to filters.
type triggers struct {
	onPullRequest bool
	filters       yaml.Map[any]
}

// UnmarshalYAML reads any of the three forms.
func (t *triggers) UnmarshalYAML(decode func(any) error) error {
	var one string
	if decode(&one) == nil {
		t.onPullRequest = one == pullRequest
		return nil
	}
	var several []string
	if decode(&several) == nil {
		t.onPullRequest = slices.Contains(several, pullRequest)
		return nil
	}
	var events yaml.Map[any]
	if err := decode(&events); err != nil {
		return errors.New("on: want an event, a list of events or a mapping")
	}
	for _, event := range events {
		if event.Key != pullRequest {
			continue
		}
		t.onPullRequest = true
		filters, ok := event.Value.(map[string]any)
		if !ok && event.Value != nil {
			return fmt.Errorf("on: %s: want a mapping", pullRequest)
		}
		for name, filter := range filters {
			t.filters = append(t.filters, yaml.Item[any]{Key: name, Value: filter})
		}
	}
	return nil
}

// everyPullRequest reports whether the workflow runs on each state of each
// pull request to main.
func (t triggers) everyPullRequest() bool {
	if !t.onPullRequest {
		return false
	}
	for _, filter := range t.filters {
		switch filter.Key {
		case "branches":
			if !holds(filter.Value, mainBranch) && !holds(filter.Value, "**") {
				return false
			}
		case "types":
			if !holds(filter.Value, "opened") || !holds(filter.Value, "synchronize") {
				return false
			}
		default:
			return false
		}
	}
	return true
}

// holds reports whether a filter is the word or lists it.
func holds(filter any, word string) bool {
	list, ok := filter.([]any)
	if !ok {
		list = []any{filter}
	}
	return slices.Contains(list, any(word))
}
