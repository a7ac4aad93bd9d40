// Package github talks to GitHub's REST API. It is the only package that knows
// the client library and the OAuth library.
package github

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/google/go-github/v62/github"
)

// Patience says how long a client waits for what. Its zero value is what
// GitHub's documentation asks for:
// https://docs.github.com/rest/using-the-rest-api/best-practices-for-using-the-rest-api
type Patience struct {
	// Timeout is the longest that one request may take; 30 s by default.
	Timeout time.Duration
	// BetweenWrites is the least time from one write to the next; 1 s by
	// default.
	BetweenWrites time.Duration
	// Backoff is the first wait after a limit that does not say how long it
	// lasts; it doubles each time. 1 min by default.
	Backoff time.Duration
	// Sleep waits for d, or until ctx ends. why is a phrase such as "GitHub's
	// limit of requests in an hour is reached". A plain timer by default.
	Sleep func(ctx context.Context, d time.Duration, why string) error
}

func (p Patience) withDefaults() Patience {
	if p.Timeout == 0 {
		p.Timeout = 30 * time.Second
	}
	if p.BetweenWrites == 0 {
		p.BetweenWrites = time.Second
	}
	if p.Backoff == 0 {
		p.Backoff = time.Minute
	}
	if p.Sleep == nil {
		p.Sleep = func(ctx context.Context, d time.Duration, _ string) error { return Sleep(ctx, d) }
	}
	return p
}

// Sleep waits for d, or until ctx ends and returns its error then.
func Sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Client is one user's access to one host. Its methods return the sentinel
// errors of this package, wrapped; it may be used by many goroutines, and
// writes one thing at a time.
type Client struct {
	Host      Host
	api       *github.Client
	transport *transport
}

// New returns a client for the host that presents itself by token.
func New(host Host, token string, patience Patience) *Client {
	patience = patience.withDefaults()
	t := &transport{base: http.DefaultTransport, token: token, api: host.API, patience: patience}
	api := github.NewClient(&http.Client{Transport: t})
	api.BaseURL = host.API
	return &Client{Host: host, api: api, transport: t}
}

// Calls returns how many requests have been sent so far.
func (c *Client) Calls() int { return int(c.transport.calls.Load()) }

// Account is a user or an organisation.
type Account struct {
	Login        string
	Organization bool
	// Plan is the name of what is paid for, such as "free" or "pro"; "" where
	// GitHub does not tell.
	Plan string
	// CannotCreate says what the plan or the organisation's rules forbid.
	CannotCreate struct{ Public, Private bool }
}

// Scopes are what a token may do. GitHub tells them of classic tokens and OAuth
// tokens only.
type Scopes struct {
	Known bool
	Names []string
}

// Has reports whether the token is known to have one of the scopes.
func (s Scopes) Has(names ...string) bool {
	return slices.ContainsFunc(names, func(name string) bool { return slices.Contains(s.Names, name) })
}

// Viewer returns the account that the token belongs to, and its scopes.
func (c *Client) Viewer(ctx context.Context) (Account, Scopes, error) {
	user, resp, err := c.api.Users.Get(ctx, "")
	if err != nil {
		return Account{}, Scopes{}, failed("ask who the token belongs to", err)
	}
	return userAccount(user), scopes(resp.Header), nil
}

// scopes reads the header that only classic and OAuth tokens get, also where it
// is empty.
func scopes(h http.Header) Scopes {
	lists, known := h[http.CanonicalHeaderKey("X-OAuth-Scopes")]
	s := Scopes{Known: known}
	for _, list := range lists {
		for name := range strings.SplitSeq(list, ",") {
			if name = strings.TrimSpace(name); name != "" {
				s.Names = append(s.Names, name)
			}
		}
	}
	return s
}

func userAccount(u *github.User) Account {
	a := Account{Login: u.GetLogin(), Plan: strings.ToLower(u.GetPlan().GetName())}
	if p := u.Plan; p != nil && p.PrivateRepos != nil && u.OwnedPrivateRepos != nil {
		a.CannotCreate.Private = *u.OwnedPrivateRepos >= *p.PrivateRepos
	}
	return a
}

// Account returns the user or organisation of that name, or ErrNotFound.
func (c *Client) Account(ctx context.Context, login string) (Account, error) {
	doing := "look up " + login
	org, _, err := c.api.Organizations.Get(ctx, login)
	if err := translate(err); errors.Is(err, ErrNotFound) {
		user, _, err := c.api.Users.Get(ctx, login)
		if err != nil {
			return Account{}, failed(doing, err)
		}
		return userAccount(user), nil
	}
	if err != nil {
		return Account{}, failed(doing, err)
	}
	a := Account{Login: org.GetLogin(), Organization: true, Plan: strings.ToLower(org.GetPlan().GetName())}
	no := func(allowed *bool) bool { return allowed != nil && !*allowed }
	a.CannotCreate.Public = no(org.MembersCanCreateRepos) || no(org.MembersCanCreatePublicRepos)
	a.CannotCreate.Private = no(org.MembersCanCreateRepos) || no(org.MembersCanCreatePrivateRepos)
	return a, nil
}

// Organizations returns the logins of the organisations that the token shows
// its user to be in.
func (c *Client) Organizations(ctx context.Context) ([]string, error) {
	return pages(func(page github.ListOptions) ([]*github.Organization, *github.Response, error) {
		return c.api.Organizations.List(ctx, "", &page)
	}, (*github.Organization).GetLogin, "list the organisations")
}

// pages reads a list to its end and returns each entry as convert makes it.
func pages[In, Out any](list func(github.ListOptions) ([]In, *github.Response, error), convert func(In) Out, doing string) ([]Out, error) {
	var all []Out
	page := github.ListOptions{PerPage: 100}
	for {
		entries, resp, err := list(page)
		if err != nil {
			return nil, failed(doing, err)
		}
		for _, e := range entries {
			all = append(all, convert(e))
		}
		if resp.NextPage == 0 {
			return all, nil
		}
		page.Page = resp.NextPage
	}
}
