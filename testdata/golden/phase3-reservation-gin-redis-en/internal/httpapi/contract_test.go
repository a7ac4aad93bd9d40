package httpapi_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/mail"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/google/uuid"

	"github.com/acme/reservation-api/api"
)

// contract is api/openapi.yaml. Every exchange of the tests is held against it.
type contract struct {
	doc     *openapi3.T
	options *openapi3filter.Options

	mu   sync.Mutex
	seen map[string]bool // such as "getRoom 404"
}

func newContract() (*contract, error) {
	doc, err := openapi3.NewLoader().LoadFromData(api.Spec)
	if err != nil {
		return nil, fmt.Errorf("load openapi.yaml: %w", err)
	}
	if err := doc.Validate(context.Background()); err != nil {
		return nil, fmt.Errorf("openapi.yaml: %w", err)
	}
	return &contract{
		doc: doc,
		options: &openapi3filter.Options{
			IncludeResponseStatus:             true,
			RejectWhenRequestBodyNotSpecified: true,
			AuthenticationFunc:                openapi3filter.NoopAuthenticationFunc,
			SchemaValidationOptions:           []openapi3.SchemaValidationOption{formats()},
		},
		seen: make(map[string]bool),
	}, nil
}

// formats makes kin-openapi look at formats that it would otherwise pass over.
func formats() openapi3.SchemaValidationOption {
	check := openapi3.NewCallbackValidator[string]
	return openapi3.WithStringFormatValidators(map[string]openapi3.StringFormatValidator{
		"uuid": check(func(s string) error {
			if id, err := uuid.Parse(s); err != nil || id.String() != s {
				return fmt.Errorf("%q is no UUID", s)
			}
			return nil
		}),
		"email":         check(func(s string) error { _, err := mail.ParseAddress(s); return err }),
		"date-time":     check(func(s string) error { _, err := time.Parse(time.RFC3339, s); return err }),
		"uri":           check(func(s string) error { _, err := url.Parse(s); return err }),
		"uri-reference": check(func(s string) error { _, err := url.Parse(s); return err }),
	})
}

// check returns an error unless the answer is one that the document promises for
// the request. What the program accepts, the document must allow, too. Paths and
// methods that the document does not know must get a problem that says so.
func (c *contract) check(r *http.Request, sent []byte, got answer) error {
	route, pathParams := c.find(r)
	if route == nil {
		return c.checkStray(got)
	}
	c.record(route.Operation.OperationID, got.status)

	r.Body = io.NopCloser(bytes.NewReader(sent))
	request := &openapi3filter.RequestValidationInput{
		Request: r, PathParams: pathParams, Route: route, Options: c.options,
	}
	if got.status < http.StatusBadRequest {
		if err := openapi3filter.ValidateRequest(r.Context(), request); err != nil {
			return fmt.Errorf("status %d for a request that openapi.yaml forbids: %w", got.status, err)
		}
	}
	response := &openapi3filter.ResponseValidationInput{
		RequestValidationInput: request, Status: got.status, Header: got.header, Options: c.options,
	}
	response.SetBodyBytes(got.body)
	if err := openapi3filter.ValidateResponse(r.Context(), response); err != nil {
		return err
	}
	return c.checkBody(got)
}

// find returns the operation that a request is for, or nil. kin-openapi's own
// routers take /v1/rooms/ for /v1/rooms.
func (c *contract) find(r *http.Request) (*routers.Route, map[string]string) {
	for _, op := range c.operations() {
		if params, ok := match(op.path, r.URL.Path); ok && op.method == r.Method {
			return &routers.Route{
				Spec: c.doc, Path: op.path, PathItem: op.item, Method: op.method, Operation: op.spec,
			}, params
		}
	}
	return nil, nil
}

// match reads a path as its pattern in the document has it.
func match(pattern, path string) (params map[string]string, ok bool) {
	want, got := strings.Split(pattern, "/"), strings.Split(path, "/")
	if len(want) != len(got) {
		return nil, false
	}
	params = make(map[string]string)
	for i, segment := range want {
		if name, isParam := strings.CutPrefix(segment, "{"); isParam && got[i] != "" {
			params[strings.TrimSuffix(name, "}")] = got[i]
		} else if segment != got[i] {
			return nil, false
		}
	}
	return params, true
}

// checkBody holds what schemas cannot say.
func (*contract) checkBody(got answer) error {
	if got.status == http.StatusNoContent && len(got.body) > 0 {
		return fmt.Errorf("status 204 with a body: %s", got.body)
	}
	if got.header.Get("Content-Type") != problemType {
		return nil
	}
	var p struct{ Status int }
	if err := json.Unmarshal(got.body, &p); err != nil || p.Status != got.status {
		return fmt.Errorf("status %d in the body, and %d in the answer", p.Status, got.status)
	}
	return nil
}

// checkStray is check for requests that the document knows nothing of.
func (c *contract) checkStray(got answer) error {
	if got.status != http.StatusNotFound && got.status != http.StatusMethodNotAllowed {
		return fmt.Errorf("status %d for a request that is not in openapi.yaml", got.status)
	}
	if got.header.Get("Content-Type") != problemType {
		return fmt.Errorf("Content-Type %q, want %q", got.header.Get("Content-Type"), problemType)
	}
	var body any
	if err := json.Unmarshal(got.body, &body); err != nil {
		return err
	}
	if err := c.doc.Components.Schemas["Problem"].Value.VisitJSON(body, formats()); err != nil {
		return err
	}
	return c.checkBody(got)
}

func (c *contract) record(operationID string, status int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.seen[fmt.Sprintf("%s %d", operationID, status)] = true
}

// unseen lists what the document promises and no test has got so far.
func (c *contract) unseen() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	var unseen []string
	for _, op := range c.operations() {
		for _, status := range op.statuses() {
			if name := op.id + " " + status; !c.seen[name] {
				unseen = append(unseen, name)
			}
		}
	}
	return unseen
}

// operation is an operation of the document.
type operation struct {
	id     string // its operationId
	method string
	path   string
	spec   *openapi3.Operation
	item   *openapi3.PathItem
}

// operations returns all of the document's operations, sorted by id.
func (c *contract) operations() []operation {
	var all []operation
	for path, item := range c.doc.Paths.Map() {
		for method, spec := range item.Operations() {
			all = append(all, operation{id: spec.OperationID, method: method, path: path, spec: spec, item: item})
		}
	}
	slices.SortFunc(all, func(a, b operation) int { return strings.Compare(a.id, b.id) })
	return all
}

func (o operation) statuses() []string {
	return slices.Sorted(maps.Keys(o.spec.Responses.Map()))
}

func (o operation) answers(status int) bool { return o.spec.Responses.Status(status) != nil }

func (o operation) takesBody() bool { return o.spec.RequestBody != nil }

func (o operation) takesIfMatch() bool {
	return o.spec.Parameters.GetByInAndName(openapi3.ParameterInHeader, "If-Match") != nil
}

func (o operation) takesID() bool {
	return o.item.Parameters.GetByInAndName(openapi3.ParameterInPath, "id") != nil
}

func (o operation) takesPage() bool {
	return o.spec.Parameters.GetByInAndName(openapi3.ParameterInQuery, "page") != nil
}

// takesToken says whether a token that is sent must be good.
func (o operation) takesToken() bool { return o.spec.Security != nil && len(*o.spec.Security) > 0 }

// needsLogin says whether guests are turned away.
func (o operation) needsLogin() bool {
	optional := func(r openapi3.SecurityRequirement) bool { return len(r) == 0 }
	return o.takesToken() && !slices.ContainsFunc(*o.spec.Security, optional)
}
