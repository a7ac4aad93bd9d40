package fetch

import (
	"errors"
	"fmt"
	"net/http"
	"time"
)

// What can come back instead of an answer. Match them with errors.Is.
var (
	ErrUnreachable = errors.New("server cannot be reached")
	ErrDown        = errors.New("server is in trouble")
	ErrThrottled   = errors.New("server asks for fewer requests")
	ErrRefused     = errors.New("server refuses access")
	ErrBadAnswer   = errors.New("unusable answer")
)

// StatusError is an HTTP status other than 200.
type StatusError struct {
	Host  string
	Code  int
	After time.Duration // what Retry-After asks for; negative when it is absent
}

func (e *StatusError) Error() string {
	text := fmt.Sprintf("%s answered %d %s", e.Host, e.Code, http.StatusText(e.Code))
	if e.After > 0 {
		text += fmt.Sprintf(" and asks to wait %s", e.After.Round(time.Second))
	}
	return text
}

// Wait is how long the server wants to be left alone; zero when it does not say.
func (e *StatusError) Wait() time.Duration { return max(0, e.After) }

// Is sorts the status into ErrThrottled, ErrRefused, ErrDown or none of them.
func (e *StatusError) Is(target error) bool {
	switch {
	case e.Code == http.StatusTooManyRequests:
		return target == ErrThrottled
	case e.Code == http.StatusUnauthorized || e.Code == http.StatusForbidden:
		return target == ErrRefused
	case e.Code >= http.StatusInternalServerError:
		return target == ErrDown
	default:
		return false
	}
}
