package request

import (
	"errors"
	"net/http"
	"strconv"
	"strings"

	"github.com/google/uuid"

	"example.com/app/internal/field"
)

// ErrNoIfMatch asks a client to say which version it means to change.
var ErrNoIfMatch = errors.New("the If-Match header is missing")

// AnyVersion is what `If-Match: *` stands for. No resource has this version.
const AnyVersion = 0

// otherVersion is the version of no resource, for entity tags that are not ours.
const otherVersion = -1

// ETag is the entity tag of a version.
func ETag(version int) string { return strconv.Quote(strconv.Itoa(version)) }

// IfMatch returns the version that a client has seen and means to change, from
// the one entity tag in its If-Match header (RFC 9110, 13.1.1), or AnyVersion. It
// returns ErrNoIfMatch or *MalformedError. A tag that this program never gave out is
// the version of nothing.
func IfMatch(r *http.Request) (int, error) {
	lines := r.Header.Values("If-Match")
	switch tag := strings.Join(lines, ", "); { // several lines are one list
	case len(lines) == 0:
		return 0, ErrNoIfMatch
	case tag == "*":
		return AnyVersion, nil
	case !entityTag(tag):
		return 0, &MalformedError{
			Detail: "a header cannot be read",
			Fields: field.Errors{{Name: "If-Match", Message: `must be * or one entity tag such as "3"`}},
		}
	default:
		return versionOf(tag), nil
	}
}

// versionOf is the version whose entity tag a client holds.
func versionOf(tag string) int {
	version, err := strconv.Atoi(strings.Trim(tag, `"`))
	if err != nil || tag != ETag(version) || version < 1 {
		return otherVersion
	}
	return version
}

func entityTag(s string) bool {
	s = strings.TrimPrefix(s, "W/")
	return len(s) >= 2 && s[0] == '"' && strings.IndexByte(s[1:], '"') == len(s)-2
}

// BearerToken returns the token of the Authorization header (RFC 6750), and
// whether the header says anything at all.
func BearerToken(r *http.Request) (token string, given bool) {
	header := r.Header.Get("Authorization")
	scheme, token, _ := strings.Cut(header, " ")
	if !strings.EqualFold(scheme, "Bearer") {
		token = ""
	}
	return strings.TrimSpace(token), header != ""
}

// PathID reads a UUID out of the path; name is what the route calls it.
func PathID(name, value string) (uuid.UUID, error) {
	id, err := parseID(value)
	if err != nil {
		return uuid.Nil, &MalformedError{
			Detail: "the path cannot be read",
			Fields: field.Errors{{Name: name, Message: "must be a UUID"}},
		}
	}
	return id, nil
}

// parseID accepts the one form of a UUID that we give out, of the four that
// uuid.Parse reads.
func parseID(s string) (uuid.UUID, error) {
	const length = len("00000000-0000-0000-0000-000000000000")
	if len(s) != length {
		return uuid.Nil, errors.New("not a UUID")
	}
	return uuid.Parse(s)
}
