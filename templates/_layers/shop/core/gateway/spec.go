package gateway

import (
	"fmt"
	"reflect"
	"strings"

	"go.yaml.in/yaml/v4"

	"example.com/app/internal/problem"
)

// mergeSpecs makes one OpenAPI document of those of the services. The first says what the
// whole is called.
func mergeSpecs(specs [][]byte) ([]byte, error) {
	var whole map[string]any
	for _, spec := range specs {
		var part map[string]any
		if err := yaml.Unmarshal(spec, &part); err != nil {
			return nil, fmt.Errorf("read OpenAPI document: %w", err)
		}
		if whole == nil {
			whole = part
			continue
		}
		tags, _ := part["tags"].([]any)
		all, _ := whole["tags"].([]any)
		whole["tags"] = append(all, tags...)
		if err := merge(whole, part, "paths"); err != nil {
			return nil, err
		}
		components, _ := part["components"].(map[string]any)
		kept, _ := whole["components"].(map[string]any)
		for kind := range components {
			if err := merge(kept, components, kind); err != nil {
				return nil, err
			}
		}
	}
	promiseAnswers(whole)
	merged, err := yaml.Marshal(whole)
	if err != nil {
		return nil, fmt.Errorf("write OpenAPI document: %w", err)
	}
	return merged, nil
}

// promiseAnswers adds the answers that the gateway gives in the services' place.
func promiseAnswers(whole map[string]any) {
	paths, _ := whole["paths"].(map[string]any)
	for path, item := range paths {
		if !strings.HasPrefix(path, "/v1/") && !strings.HasPrefix(path, "/webhooks/") {
			continue
		}
		operations, _ := item.(map[string]any)
		for method, operation := range operations { // and what they have in common
			described, _ := operation.(map[string]any)
			answers, ok := described["responses"].(map[string]any)
			if !ok {
				continue
			}
			answers["429"] = map[string]any{"$ref": "#/components/responses/TooManyRequests"}
			if method != "get" { // which is asked again until its outcome is known
				answers["502"] = outcomeUnknown()
			}
		}
	}
}

func outcomeUnknown() map[string]any {
	return map[string]any{
		"description": "The answer got lost; what was asked for may have been done",
		"content": map[string]any{
			problem.ContentType: map[string]any{"schema": map[string]any{"$ref": "#/components/schemas/Problem"}},
		},
	}
}

// merge adds the entries of from[key] to those of into[key]. Of two with one name, which
// must be the same, one stays.
func merge(into, from map[string]any, key string) error {
	kept, _ := into[key].(map[string]any)
	if kept == nil {
		kept = make(map[string]any)
		into[key] = kept
	}
	added, _ := from[key].(map[string]any)
	for name, entry := range added {
		if before, taken := kept[name]; taken && !reflect.DeepEqual(before, entry) {
			return fmt.Errorf("two OpenAPI documents differ in %s %s", key, name)
		}
		kept[name] = entry
	}
	return nil
}
