// Package httpapi serves the API of the user service. It translates: requests into calls
// of the service, their results into JSON, their errors into problem documents. It
// decides nothing.
package httpapi

import (
	"net/http"

	"example.com/app/internal/problem"
	"example.com/app/platform/web"
	"example.com/app/services/user/internal/account"
)

// Options is what New needs. All fields are required.
type Options struct {
	Accounts *account.Service
	Web      web.Options // Outcomes and Spec are New's
}

// outcomes are the errors of this service that a client is told about.
func outcomes() []problem.Outcome {
	return []problem.Outcome{
		{Err: account.ErrWrongCredential, Status: http.StatusUnauthorized, Name: "wrong-credentials", Title: "E-mail address or password is wrong"},
		{Err: account.ErrNotFound, Status: http.StatusNotFound, Name: "not-found", Title: "There is no such account"},
		{Err: account.ErrEmailTaken, Status: http.StatusConflict, Name: "email-taken", Title: "There is an account with this e-mail address"},
		{Err: account.ErrLastAdmin, Status: http.StatusConflict, Name: "last-admin", Title: "The last active admin must stay one"},
	}
}
