package githubtest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
)

// schema is GitHub's description of the paths that the server has.
type schema struct{ doc *openapi3.T }

// loadSchema reads the description that `make openapi` fetched, once in a
// process. The error is os.ErrNotExist where it was not.
var loadSchema = sync.OnceValues(func() (*schema, error) {
	_, self, _, _ := runtime.Caller(0)
	data, err := os.ReadFile(filepath.Join(filepath.Dir(self), "..", "..", "..", "bin", "tools", "github-openapi.json"))
	if err != nil {
		return nil, os.ErrNotExist
	}
	paths := map[string]bool{}
	for _, pattern := range patterns() {
		_, path, _ := strings.Cut(pattern, " ")
		paths[path] = true
	}
	if data, err = cut(data, paths); err != nil {
		return nil, fmt.Errorf("GitHub's OpenAPI description: %w", err)
	}
	doc, err := openapi3.NewLoader().LoadFromData(data)
	if err != nil {
		return nil, fmt.Errorf("GitHub's OpenAPI description: %w", err)
	}
	return &schema{doc: doc}, nil
})

// cut drops all paths but some, and the components that those do not reach: of
// 13 MB, which take seconds to load, a hundredth is left.
func cut(data []byte, paths map[string]bool) ([]byte, error) {
	var doc struct {
		OpenAPI    string                                `json:"openapi"`
		Info       any                                   `json:"info"`
		Paths      map[string]json.RawMessage            `json:"paths"`
		Components map[string]map[string]json.RawMessage `json:"components"`
	}
	if err := json.Unmarshal(data, &doc); err != nil {
		return nil, err
	}
	maps.DeleteFunc(doc.Paths, func(path string, _ json.RawMessage) bool { return !paths[path] })
	kept := map[string]map[string]json.RawMessage{}
	var keep func(json.RawMessage)
	keep = func(raw json.RawMessage) {
		for _, part := range bytes.Split(raw, []byte(`"#/components/`))[1:] {
			reference, _, _ := strings.Cut(string(part), `"`)
			kind, name, _ := strings.Cut(reference, "/")
			if _, there := kept[kind][name]; there {
				continue
			}
			if kept[kind] == nil {
				kept[kind] = map[string]json.RawMessage{}
			}
			kept[kind][name] = doc.Components[kind][name]
			keep(doc.Components[kind][name])
		}
	}
	for _, raw := range doc.Paths {
		keep(raw)
	}
	doc.Components = kept
	return json.Marshal(doc)
}

// exchange is a request and its answer.
type exchange struct {
	pattern string // as in api: the method, and the description's path
	request *http.Request
	body    []byte
	status  int
	header  http.Header
	answer  []byte
}

// check returns the answer with all that GitHub's would have, and what of the
// exchange the description does not allow.
func (s *schema) check(x *exchange) (whole []byte, problems []error) {
	method, path, _ := strings.Cut(x.pattern, " ")
	item := s.doc.Paths.Find(path)
	if item == nil || item.GetOperation(method) == nil {
		return x.answer, []error{errors.New("the description does not know it")}
	}
	operation := item.GetOperation(method)
	params := map[string]string{}
	for _, p := range operation.Parameters {
		if p.Value.In == "path" {
			params[p.Value.Name] = pathValue(path, x.request.URL.Path, p.Value.Name)
		}
	}
	for name := range x.request.URL.Query() {
		if operation.Parameters.GetByInAndName("query", name) == nil {
			problems = append(problems, fmt.Errorf("query %s is not described", name))
		}
	}
	x.request.Body = io.NopCloser(bytes.NewReader(x.body))
	input := &openapi3filter.RequestValidationInput{
		Request: x.request, PathParams: params,
		Route:   &routers.Route{Spec: s.doc, Path: path, PathItem: item, Method: method, Operation: operation},
		Options: &openapi3filter.Options{AuthenticationFunc: openapi3filter.NoopAuthenticationFunc},
	}
	if err := openapi3filter.ValidateRequest(context.Background(), input); err != nil {
		problems = append(problems, fmt.Errorf("request: %w", err))
	}
	if operation.RequestBody != nil && len(x.body) > 0 {
		problems = append(problems, unknownFields(operation.RequestBody.Value.Content.Get("application/json").Schema.Value, x.body)...)
	}
	response := operation.Responses.Status(x.status)
	good := x.status < http.StatusBadRequest
	if response == nil { // 401, for one, is described nowhere
		if good {
			problems = append(problems, fmt.Errorf("status %d is not described", x.status))
		}
		return x.answer, problems
	}
	whole = x.answer
	if media := response.Value.Content.Get("application/json"); media != nil && good {
		var value any
		if err := json.Unmarshal(x.answer, &value); err == nil {
			if whole, err = json.Marshal(complete(media.Schema.Value, value)); err != nil {
				problems = append(problems, err)
			}
		}
	}
	answered := &openapi3filter.ResponseValidationInput{RequestValidationInput: input, Status: x.status, Header: x.header, Options: input.Options}
	answered.SetBodyBytes(whole)
	if err := openapi3filter.ValidateResponse(context.Background(), answered); err != nil {
		problems = append(problems, fmt.Errorf("answer: %w", err))
	}
	return whole, problems
}

// pathValue is what stands in a path where the pattern has {name}.
func pathValue(pattern, path, name string) string {
	at := slices.Index(strings.Split(pattern, "/"), "{"+name+"}")
	if parts := strings.Split(path, "/"); at >= 0 && at < len(parts) {
		return parts[at]
	}
	return ""
}

// unknownFields names the fields of a body that the description does not have.
// It allows them almost everywhere, and a misspelt one would pass.
func unknownFields(described *openapi3.Schema, body []byte) []error {
	var fields map[string]json.RawMessage
	if json.Unmarshal(body, &fields) != nil || len(described.Properties) == 0 {
		return nil
	}
	var problems []error
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		property := described.Properties[name]
		if property == nil {
			problems = append(problems, fmt.Errorf("request: field %s is not described", name))
			continue
		}
		problems = append(problems, unknownFields(property.Value, fields[name])...)
	}
	return problems
}

// complete adds the fields that an answer must have and that this server has no
// use for, each with a value that the description allows.
func complete(described *openapi3.Schema, value any) any {
	switch v := value.(type) {
	case []any:
		if described.Items == nil {
			return v
		}
		for i := range v {
			v[i] = complete(described.Items.Value, v[i])
		}
	case object:
		for _, part := range slices.Concat(described.AllOf, described.AnyOf, described.OneOf) {
			if d := described.Discriminator; d != nil && d.Mapping[fmt.Sprint(v[d.PropertyName])].Ref != part.Ref {
				continue
			}
			if part.Value.Type.Is("object") || len(part.Value.Properties) > 0 {
				complete(part.Value, v)
				if len(described.AllOf) == 0 {
					break // one is enough
				}
			}
		}
		for name, property := range described.Properties {
			if inner, there := v[name]; there {
				v[name] = complete(property.Value, inner)
			} else if slices.Contains(described.Required, name) {
				v[name] = sample(property.Value)
			}
		}
	}
	return value
}

// sample makes up a value.
func sample(described *openapi3.Schema) any {
	switch {
	case described.Nullable:
		return nil
	case len(described.Enum) > 0:
		return described.Enum[0]
	case described.Type.Is("string"):
		switch described.Format {
		case "uri":
			return "https://api.github.com/"
		case "date-time":
			return "2026-01-01T00:00:00Z"
		}
		return "made up"
	case described.Type.Is("integer"), described.Type.Is("number"):
		return 1
	case described.Type.Is("boolean"):
		return false
	case described.Type.Is("array"):
		return []any{}
	}
	for _, part := range slices.Concat(described.AnyOf, described.OneOf) {
		return sample(part.Value)
	}
	return complete(described, object{})
}
