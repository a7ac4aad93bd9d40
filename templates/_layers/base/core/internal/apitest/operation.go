package apitest

import (
	"maps"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// Operation is an operation of the document.
type Operation struct {
	ID     string // its operationId
	Method string
	Path   string

	spec *openapi3.Operation
	item *openapi3.PathItem
}

// Operations returns all of the document's operations, sorted by id.
func (c *Contract) Operations() []Operation {
	var all []Operation
	for path, item := range c.doc.Paths.Map() {
		for method, spec := range item.Operations() {
			all = append(all, Operation{ID: spec.OperationID, Method: method, Path: path, spec: spec, item: item})
		}
	}
	slices.SortFunc(all, func(a, b Operation) int { return strings.Compare(a.ID, b.ID) })
	return all
}

func (o Operation) statuses() []string {
	return slices.Sorted(maps.Keys(o.spec.Responses.Map()))
}

// Answers says whether the document has an answer with the status.
func (o Operation) Answers(status int) bool { return o.spec.Responses.Status(status) != nil }

// TakesBody says whether a request has a body.
func (o Operation) TakesBody() bool { return o.spec.RequestBody != nil }

// TakesIfMatch says whether a request names a version.
func (o Operation) TakesIfMatch() bool {
	return o.spec.Parameters.GetByInAndName(openapi3.ParameterInHeader, "If-Match") != nil
}

// TakesID says whether the path has an id.
func (o Operation) TakesID() bool {
	all := slices.Concat(o.item.Parameters, o.spec.Parameters)
	return all.GetByInAndName(openapi3.ParameterInPath, "id") != nil
}

// TakesPage says whether the answer is a page of a list.
func (o Operation) TakesPage() bool {
	return o.spec.Parameters.GetByInAndName(openapi3.ParameterInQuery, "page") != nil
}

// TakesToken says whether a token that is sent must be good.
func (o Operation) TakesToken() bool { return o.spec.Security != nil && len(*o.spec.Security) > 0 }

// NeedsLogin says whether guests are turned away.
func (o Operation) NeedsLogin() bool {
	optional := func(r openapi3.SecurityRequirement) bool { return len(r) == 0 }
	return o.TakesToken() && !slices.ContainsFunc(*o.spec.Security, optional)
}
