// Package httpapi serves the API of the product service. It translates: requests into
// calls of the service, their results into JSON, their errors into problem documents. It
// decides nothing.
package httpapi

import (
	"net/http"

	"example.com/app/internal/problem"
	"example.com/app/platform/web"
	"example.com/app/services/product/internal/catalog"
)

// Options is what New needs. All fields are required.
type Options struct {
	Products *catalog.Service
	Web      web.Options // Outcomes and Spec are New's
}

// outcomes are the errors of this service that a client is told about.
func outcomes() []problem.Outcome {
	return []problem.Outcome{
		{Err: catalog.ErrNotFound, Status: http.StatusNotFound, Name: "not-found", Title: "There is no such product"},
		{Err: catalog.ErrStale, Status: http.StatusPreconditionFailed, Name: "version-mismatch", Title: "It was changed since you read it"},
	}
}
