// Package apitest holds the exchanges of tests against an OpenAPI document.
package apitest

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"net/http"
	"net/mail"
	"net/url"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/google/uuid"
)

// Contract is an OpenAPI document that every exchange of the tests is held against.
type Contract struct {
	doc     *openapi3.T
	options *openapi3filter.Options

	mu   sync.Mutex
	seen map[string]bool // such as "getBook 404"
}

// Load reads a document in YAML.
func Load(spec []byte) (*Contract, error) {
	// kin-openapi decodes bodies by media type, and would read YAML as the
	// document that it is. Here everything but JSON is text.
	openapi3filter.RegisterBodyDecoder("application/yaml", openapi3filter.PlainBodyDecoder)
	openapi3filter.RegisterBodyDecoder("*/*", openapi3filter.PlainBodyDecoder)

	doc, err := openapi3.NewLoader().LoadFromData(spec)
	if err != nil {
		return nil, fmt.Errorf("load contract: %w", err)
	}
	if err := doc.Validate(context.Background()); err != nil {
		return nil, fmt.Errorf("contract: %w", err)
	}
	return &Contract{
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

// Answer is what came back for a request.
type Answer struct {
	Status int
	Header http.Header
	Body   []byte
}

// problemType is the media type of problem documents (RFC 9457).
const problemType = "application/problem+json"

// Check returns an error unless the answer is one that the document promises for
// the request. What the program accepts, the document must allow, too. Paths and
// methods that the document does not know must get a problem that says so.
func (c *Contract) Check(r *http.Request, sent []byte, got Answer) error {
	route, pathParams := c.find(r)
	if route == nil {
		return c.checkStray(got)
	}
	c.record(route.Operation.OperationID, got.Status)

	r.Body = io.NopCloser(bytes.NewReader(sent))
	request := &openapi3filter.RequestValidationInput{
		Request: r, PathParams: pathParams, Route: route, Options: c.options,
	}
	if got.Status < http.StatusBadRequest {
		if err := openapi3filter.ValidateRequest(r.Context(), request); err != nil {
			return fmt.Errorf("status %d for a request that the contract forbids: %w", got.Status, err)
		}
	}
	response := &openapi3filter.ResponseValidationInput{
		RequestValidationInput: request, Status: got.Status, Header: got.Header, Options: c.options,
	}
	response.SetBodyBytes(got.Body)
	if err := openapi3filter.ValidateResponse(r.Context(), response); err != nil {
		return err
	}
	return c.checkBody(got)
}

// find returns the operation that a request is for, or nil. kin-openapi's own
// routers take /v1/books/ for /v1/books.
func (c *Contract) find(r *http.Request) (*routers.Route, map[string]string) {
	for _, op := range c.Operations() {
		if params, ok := match(op.Path, r.URL.Path); ok && op.Method == r.Method {
			return &routers.Route{
				Spec: c.doc, Path: op.Path, PathItem: op.item, Method: op.Method, Operation: op.spec,
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
func (*Contract) checkBody(got Answer) error {
	if got.Status == http.StatusNoContent && len(got.Body) > 0 {
		return fmt.Errorf("status 204 with a body: %s", got.Body)
	}
	if got.Header.Get("Content-Type") != problemType {
		return nil
	}
	var p struct{ Status int }
	if err := json.Unmarshal(got.Body, &p); err != nil || p.Status != got.Status {
		return fmt.Errorf("status %d in the body, and %d in the answer", p.Status, got.Status)
	}
	return nil
}

// checkStray is check for requests that the document knows nothing of.
func (c *Contract) checkStray(got Answer) error {
	if got.Status != http.StatusNotFound && got.Status != http.StatusMethodNotAllowed {
		return fmt.Errorf("status %d for a request that is not in the contract", got.Status)
	}
	if got.Header.Get("Content-Type") != problemType {
		return fmt.Errorf("Content-Type %q, want %q", got.Header.Get("Content-Type"), problemType)
	}
	var body any
	if err := json.Unmarshal(got.Body, &body); err != nil {
		return err
	}
	if err := c.doc.Components.Schemas["Problem"].Value.VisitJSON(body, formats()); err != nil {
		return err
	}
	return c.checkBody(got)
}

func (c *Contract) record(operationID string, status int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.seen[fmt.Sprintf("%s %d", operationID, status)] = true
}

// Unseen lists what the document promises and no test has got so far.
func (c *Contract) Unseen() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	var unseen []string
	for _, op := range c.Operations() {
		for _, status := range op.statuses() {
			if name := op.ID + " " + status; !c.seen[name] {
				unseen = append(unseen, name)
			}
		}
	}
	return unseen
}

// Run runs the tests of a package, and returns its exit code. When all of them were run,
// it is not 0 unless they have seen everything that the document promises.
func (c *Contract) Run(m *testing.M) int {
	flag.Parse()
	code := m.Run()
	if code != 0 || !wholeRun() {
		return code
	}
	for _, missing := range c.Unseen() {
		fmt.Fprintf(os.Stderr, "no test saw %s, which the contract promises\n", missing)
		code = 1
	}
	return code
}

// wholeRun says whether no flag has left tests out.
func wholeRun() bool {
	for _, name := range []string{"test.run", "test.skip", "test.list", "test.fuzz"} {
		if f := flag.Lookup(name); f != nil && f.Value.String() != "" {
			return false
		}
	}
	return true
}
