package httpapi_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"example.com/app/internal/apitest"
)

const problemType = "application/problem+json"

// object is a JSON object.
type object map[string]any

// answer is what came back for a request.
type answer struct {
	line   string // the request, such as "GET /v1/rooms"
	status int
	header http.Header
	body   []byte
}

// send sends a request, which line names by method and path, and fails the test
// unless the answer keeps the contract. The body is an object, a string to be sent
// as it is, or nil. Headers are names and values in turn; one without a value is
// not sent at all.
func (s *service) send(t *testing.T, by account, line string, body any, headers ...string) answer {
	t.Helper()
	r, sent := s.request(t, by, line, body, headers...)
	got := s.exchange(t, r)
	if err := document.Check(r, sent, apitest.Answer{Status: got.status, Header: got.header, Body: got.body}); err != nil {
		t.Fatalf("%s: %v", line, err)
	}
	return got
}

func (s *service) request(t *testing.T, by account, line string, body any, headers ...string) (*http.Request, []byte) {
	t.Helper()
	var sent []byte
	switch body := body.(type) {
	case nil:
	case string:
		sent = []byte(body)
	default:
		var err error
		if sent, err = json.Marshal(body); err != nil {
			t.Fatal(err)
		}
	}
	method, path, _ := strings.Cut(line, " ")
	r, err := http.NewRequestWithContext(t.Context(), method, s.url+path, bytes.NewReader(sent))
	if err != nil {
		t.Fatal(err)
	}
	if body != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	if by.token != "" {
		r.Header.Set("Authorization", "Bearer "+by.token)
	}
	for header := range slices.Chunk(headers, 2) {
		r.Header.Del(header[0])
		if header[1] != "" {
			r.Header.Set(header[0], header[1])
		}
	}
	return r, sent
}

// exchange sends a request and does not judge the answer.
func (s *service) exchange(t *testing.T, r *http.Request) answer {
	t.Helper()
	response, err := s.client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatalf("read the answer: %v", err)
	}
	line := r.Method + " " + r.URL.RequestURI()
	return answer{line: line, status: response.StatusCode, header: response.Header, body: body}
}

// want fails the test at any other status.
func (a answer) want(t *testing.T, status int) answer {
	t.Helper()
	if a.status != status {
		t.Fatalf("%s: status %d, want %d: %s", a.line, a.status, status, a.body)
	}
	return a
}

// wantProblem fails the test unless the answer is a problem of the status and
// type given, which names the fields given and no other.
func (a answer) wantProblem(t *testing.T, status int, name string, fields ...string) answer {
	t.Helper()
	a.want(t, status)
	p := decode[problem](t, a)
	if want := "urn:problem-type:" + name; p.Type != want {
		t.Errorf("%s: problem type %q, want %q: %s", a.line, p.Type, want, a.body)
	}
	var named []string
	for _, e := range p.Errors {
		named = append(named, e.Field)
	}
	if !slices.Equal(named, fields) {
		t.Errorf("%s: fields at fault %q, want %q: %s", a.line, named, fields, a.body)
	}
	return a
}

// wantHeader fails the test unless the header has that value.
func (a answer) wantHeader(t *testing.T, name, value string) answer {
	t.Helper()
	if got := a.header.Get(name); got != value {
		t.Errorf("%s: %s: %q, want %q", a.line, name, got, value)
	}
	return a
}

// decode reads the JSON of an answer, which must hold no other fields than T.
func decode[T any](t *testing.T, a answer) T {
	t.Helper()
	var v T
	decoder := json.NewDecoder(bytes.NewReader(a.body))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&v); err != nil {
		t.Fatalf("%s: %v: %s", a.line, err, a.body)
	}
	return v
}

// What the API answers with.
type (
	problem struct {
		Type, Title, Detail string
		Status              int
		Errors              []struct{ Field, Message string }
	}

	tokens struct {
		Access  string `json:"access_token"`
		Type    string `json:"token_type"`
		Expires int    `json:"expires_in"`
		Refresh string `json:"refresh_token"`
	}

	person struct {
		ID        string    `json:"id"`
		Email     string    `json:"email"`
		Name      string    `json:"name"`
		Role      string    `json:"role"`
		Active    bool      `json:"active"`
		CreatedAt time.Time `json:"created_at"`
		UpdatedAt time.Time `json:"updated_at"`
	}

	room struct {
		ID          string    `json:"id"`
		Name        string    `json:"name"`
		Description string    `json:"description"`
		Capacity    int       `json:"capacity"`
		CreatedAt   time.Time `json:"created_at"`
		UpdatedAt   time.Time `json:"updated_at"`
	}

	booking struct {
		ID          string     `json:"id"`
		RoomID      string     `json:"room_id"`
		UserID      string     `json:"user_id"`
		Title       string     `json:"title"`
		StartsAt    time.Time  `json:"starts_at"`
		EndsAt      time.Time  `json:"ends_at"`
		Status      string     `json:"status"`
		CancelledAt *time.Time `json:"cancelled_at"`
		CreatedAt   time.Time  `json:"created_at"`
		UpdatedAt   time.Time  `json:"updated_at"`
	}

	list[T any] struct {
		Items    []T `json:"items"`
		Total    int `json:"total"`
		Page     int `json:"page"`
		PageSize int `json:"page_size"`
	}
)

// newRoom adds a room for eight.
func (s *service) newRoom(t *testing.T, name string) room {
	t.Helper()
	return decode[room](t, s.send(t, s.admin, "POST /v1/rooms", object{"name": name, "capacity": 8}).want(t, 201))
}

// hours is the time from one hour of tomorrow to another, as a body says it.
func hours(roomID string, from, to int) object {
	midnight := monday.Truncate(24*time.Hour).AddDate(0, 0, 1)
	return object{
		"room_id":   roomID,
		"title":     "Sprint review",
		"starts_at": midnight.Add(time.Duration(from) * time.Hour).Format(time.RFC3339),
		"ends_at":   midnight.Add(time.Duration(to) * time.Hour).Format(time.RFC3339),
	}
}

// reserve takes a room from one hour of tomorrow to another.
func (s *service) reserve(t *testing.T, by account, roomID string, from, to int) booking {
	t.Helper()
	return decode[booking](t, s.send(t, by, "POST /v1/reservations", hours(roomID, from, to)).want(t, 201))
}

// logIn starts a session.
func (s *service) logIn(t *testing.T, email, password string) tokens {
	t.Helper()
	credentials := object{"email": email, "password": password}
	return decode[tokens](t, s.send(t, guest, "POST /v1/auth/login", credentials).want(t, 200))
}

// wantSet compares two lists, whose order does not matter.
func wantSet(t *testing.T, what string, got, want []string) {
	t.Helper()
	got, want = slices.Sorted(slices.Values(got)), slices.Sorted(slices.Values(want))
	if !slices.Equal(got, want) {
		t.Errorf("%s %q, want %q", what, got, want)
	}
}
