package github

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"golang.org/x/oauth2"
)

// How a log-in by device ends, besides well.
var (
	ErrDenied      = errors.New("github: the log-in was turned down")
	ErrCodeExpired = errors.New("github: the code was not entered in time")
	ErrApp         = errors.New("github: the OAuth app cannot be used to log in")
)

// PublishingScopes are what a log-in asks for: repositories, their workflows,
// and which organisations the user is in.
func PublishingScopes() []string { return []string{"repo", "workflow", "read:org"} }

// Device is a log-in under way: it is allowed where a browser is, on any device.
// https://docs.github.com/apps/oauth-apps/building-oauth-apps/authorizing-oauth-apps#device-flow
type Device struct {
	UserCode string
	URL      string // the page where the user enters the code
	Expires  time.Time

	config  oauth2.Config
	answer  *oauth2.DeviceAuthResponse
	timeout time.Duration // for one request

	unanswered int // requests without a useful answer, since the last that had one
}

// RequestDevice starts a log-in with the OAuth app of that client id. Its error
// wraps ErrApp where the app is at fault, or is one of the package's others.
func RequestDevice(ctx context.Context, host Host, clientID string, patience Patience) (*Device, error) {
	d := &Device{
		timeout: patience.withDefaults().Timeout,
		config: oauth2.Config{
			ClientID: clientID,
			Scopes:   PublishingScopes(),
			Endpoint: oauth2.Endpoint{
				DeviceAuthURL: host.Page("login", "device", "code"),
				TokenURL:      host.Page("login", "oauth", "access_token"),
				AuthStyle:     oauth2.AuthStyleInParams, // there is no secret
			},
		},
	}
	var err error
	d.answer, err = d.config.DeviceAuth(d.context(ctx))
	if err != nil {
		return nil, d.failed(ctx, "ask for a code", err)
	}
	if d.answer.DeviceCode == "" || !printable(d.answer.UserCode) || !printable(d.answer.VerificationURI) {
		return nil, fmt.Errorf("ask for a code: %w", errNonsense)
	}
	if d.answer.Expiry.IsZero() {
		d.answer.Expiry = time.Now().Add(15 * time.Minute) // as GitHub's do
	}
	if d.answer.Interval <= 0 {
		d.answer.Interval = 5 // RFC 8628's default; the library panics below 0
	}
	d.UserCode, d.URL, d.Expires = d.answer.UserCode, d.answer.VerificationURI, d.answer.Expiry
	return d, nil
}

// mostUnanswered is how many polls in a row may come to nothing.
const mostUnanswered = 5

// Wait waits until the user has allowed the log-in and returns the token. Its
// error wraps ErrDenied, ErrCodeExpired or ErrApp, or is one of the package's
// others. It holds out where the network is gone for a moment.
func (d *Device) Wait(ctx context.Context) (string, error) {
	for {
		token, err := d.config.DeviceAccessToken(d.context(ctx), d.answer)
		if err == nil {
			return token.AccessToken, nil
		}
		err = d.failed(ctx, "wait for the log-in", err)
		if !Temporary(err) || d.unanswered >= mostUnanswered {
			return "", err
		}
		d.answer.Interval++ // RFC 8628 asks for slower polls then
	}
}

// expired tells the code's end from a connection's, whose error is
// context.DeadlineExceeded too.
func (d *Device) expired() bool { return d.answer != nil && !time.Now().Before(d.answer.Expiry) }

// failed puts one of this package's errors in the place of the library's, which
// may quote an answer with the token in it.
func (d *Device) failed(ctx context.Context, doing string, err error) error {
	refusal, refused := errors.AsType[*oauth2.RetrieveError](err)
	switch {
	case ctx.Err() != nil:
		err = ctx.Err()
	case errors.Is(err, context.DeadlineExceeded) && d.expired():
		err = ErrCodeExpired
	case refused:
		err = kindOfRefusal(refusal)
	case !errors.Is(err, errNonsense) && isCut(err):
		err = &answer{kind: ErrUnreachable, said: unwrapURL(err).Error()}
	default:
		err = errNonsense
	}
	return fmt.Errorf("%s: %w", doing, err)
}

// errNonsense is an answer that cannot be read.
var errNonsense = &answer{kind: errRefused, said: "the answer is not what GitHub's would be"}

// kindOfRefusal reads the error codes of GitHub's device flow:
// https://docs.github.com/apps/oauth-apps/building-oauth-apps/authorizing-oauth-apps#error-codes-for-the-device-flow
func kindOfRefusal(e *oauth2.RetrieveError) error {
	status := e.Response.StatusCode
	switch e.ErrorCode {
	case "access_denied":
		return ErrDenied
	case "expired_token":
		return ErrCodeExpired
	case "device_flow_disabled":
		return &answer{kind: ErrApp, said: "its device flow is not enabled"}
	case "incorrect_client_credentials", "unauthorized_client", "invalid_client":
		return &answer{kind: ErrApp, said: "GitHub knows no app with this client id"}
	case "unsupported_grant_type", "incorrect_device_code", "invalid_grant":
		return &answer{kind: ErrApp, said: strings.ReplaceAll(e.ErrorCode, "_", " ")}
	}
	switch {
	case status == http.StatusNotFound:
		return &answer{kind: ErrApp, said: "GitHub knows no app with this client id"}
	case status == http.StatusTooManyRequests:
		return &answer{kind: ErrLimited, said: http.StatusText(status)}
	case status >= http.StatusInternalServerError:
		return &answer{kind: ErrUnavailable, said: e.Response.Status}
	case printable(e.ErrorCode):
		return &answer{kind: errRefused, said: e.ErrorCode}
	}
	return &answer{kind: errRefused, said: e.Response.Status}
}

// printable reports whether text can go to a terminal as it is.
func printable(text string) bool {
	for _, r := range text {
		if r < ' ' || r > '~' {
			return false
		}
	}
	return text != ""
}

// context makes the library use a client that ends each request with ctx: by
// itself it asks for the code without one.
func (d *Device) context(ctx context.Context) context.Context {
	client := &http.Client{
		Transport:     roundTrip(func(req *http.Request) (*http.Response, error) { return d.once(ctx, req) }),
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	return context.WithValue(ctx, oauth2.HTTPClient, client)
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(req *http.Request) (*http.Response, error) { return f(req) }

// once sends req and reads the whole answer. GitHub tells of errors with status
// 200, which the library overlooks where it asks for the code: they get the 400
// that RFC 8628 asks for.
func (d *Device) once(ctx context.Context, req *http.Request) (*http.Response, error) {
	within, cancel := context.WithTimeout(ctx, d.timeout)
	defer cancel()
	defer context.AfterFunc(req.Context(), cancel)() // when the code expires
	attempt := req.Clone(within)
	attempt.Header.Set("Accept", "application/json")
	d.unanswered++
	resp, err := http.DefaultTransport.RoundTrip(attempt)
	if err != nil {
		return nil, d.blame(req.Context(), within, err)
	}
	body, err := io.ReadAll(io.LimitReader(resp.Body, 1<<20))
	if err != nil {
		_ = resp.Body.Close() // the error that counts is the first
		return nil, d.blame(req.Context(), within, err)
	}
	if err := resp.Body.Close(); err != nil {
		return nil, err
	}
	if resp.StatusCode < http.StatusInternalServerError {
		d.unanswered = 0
	}
	resp.Body = io.NopCloser(bytes.NewReader(body))
	if resp.StatusCode != http.StatusOK {
		return resp, nil
	}
	var said *struct {
		Error string `json:"error"`
	}
	if json.Unmarshal(body, &said) != nil || said == nil { // the library panics at null
		return nil, errNonsense
	}
	if said.Error != "" {
		resp.StatusCode, resp.Status = http.StatusBadRequest, "400 Bad Request"
	}
	return resp, nil
}

// blame says why a request ended with err: the code's expiry, the time for one
// request, or what err says.
func (d *Device) blame(code, within context.Context, err error) error {
	switch {
	case code.Err() != nil:
		return code.Err()
	case errors.Is(within.Err(), context.DeadlineExceeded):
		return fmt.Errorf("none within %s", d.timeout)
	}
	return err
}
