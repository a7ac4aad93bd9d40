package httpapi_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"

	"example.com/app/internal/auth"
	"example.com/app/internal/outage"
	"example.com/app/internal/page"
	"example.com/app/internal/reservation"
	"example.com/app/internal/user"
)

// switchboard makes stores fail from the moment on at which it is given an error.
type switchboard struct{ failure atomic.Pointer[error] }

func (b *switchboard) fail(err error) { b.failure.Store(&err) }

func (b *switchboard) err() error {
	if err := b.failure.Load(); err != nil {
		return *err
	}
	return nil
}

func (b *switchboard) wrap(kept stores) stores {
	return stores{
		users:        failingUsers{kept.users, b},
		sessions:     failingSessions{kept.sessions, b},
		reservations: failingReservations{kept.reservations, b},
		ready:        func(context.Context) error { return b.err() },
	}
}

// The stores below fail in those methods that come first in some request.
type (
	failingUsers struct {
		user.Store
		board *switchboard
	}
	failingSessions struct {
		auth.Sessions
		board *switchboard
	}
	failingReservations struct {
		reservation.Store
		board *switchboard
	}
)

func (f failingUsers) Create(ctx context.Context, u user.User) error {
	if err := f.board.err(); err != nil {
		return err
	}
	return f.Store.Create(ctx, u)
}

func (f failingUsers) Get(ctx context.Context, id uuid.UUID) (user.User, error) {
	if err := f.board.err(); err != nil {
		return user.User{}, err
	}
	return f.Store.Get(ctx, id)
}

func (f failingUsers) ByEmail(ctx context.Context, email string) (user.User, error) {
	if err := f.board.err(); err != nil {
		return user.User{}, err
	}
	return f.Store.ByEmail(ctx, email)
}

func (f failingSessions) Rotate(ctx context.Context, old, next auth.TokenHash, now time.Time) (auth.Session, error) {
	if err := f.board.err(); err != nil {
		return auth.Session{}, err
	}
	return f.Sessions.Rotate(ctx, old, next, now)
}

func (f failingSessions) End(ctx context.Context, token auth.TokenHash, now time.Time) error {
	if err := f.board.err(); err != nil {
		return err
	}
	return f.Sessions.End(ctx, token, now)
}

func (f failingReservations) Room(ctx context.Context, id uuid.UUID) (reservation.Room, error) {
	if err := f.board.err(); err != nil {
		return reservation.Room{}, err
	}
	return f.Store.Room(ctx, id)
}

func (f failingReservations) Rooms(ctx context.Context, q reservation.RoomQuery) (page.List[reservation.Room], error) {
	if err := f.board.err(); err != nil {
		return page.List[reservation.Room]{}, err
	}
	return f.Store.Rooms(ctx, q)
}

// When all stores are away, an operation says so, or needs none of them.
func TestOutage(t *testing.T) {
	t.Parallel()
	board := new(switchboard)
	s := newScene(t, board.wrap(memoryStores()))
	board.fail(fmt.Errorf("dial tcp 10.0.0.7:5432: %w", outage.ErrUnavailable))
	for _, op := range document.Operations() {
		t.Run(op.ID, func(t *testing.T) {
			t.Parallel()
			by := guest
			if op.NeedsLogin() {
				by = s.admin
			}
			line, body, headers := s.good(t, op)
			got := s.send(t, by, line, body, headers...)
			if !op.Answers(503) {
				got.want(t, 200)
				return
			}
			got.wantProblem(t, 503, "unavailable").wantHeader(t, "Retry-After", "1")
			if op.ID != "ready" && strings.Contains(string(got.body), "10.0.0.7") {
				t.Errorf("%s: tells where the database is: %s", line, got.body)
			}
		})
	}
}

// Of an error that nobody foresaw, a client learns nothing.
func TestUnknownError(t *testing.T) {
	t.Parallel()
	board := new(switchboard)
	s := newScene(t, board.wrap(memoryStores()))
	board.fail(errors.New("password of user postgres is wrong"))
	for _, op := range document.Operations() {
		if !op.Answers(503) || op.ID == "ready" {
			continue
		}
		t.Run(op.ID, func(t *testing.T) {
			t.Parallel()
			by := guest
			if op.NeedsLogin() {
				by = s.admin
			}
			line, body, headers := s.good(t, op)
			r, _ := s.request(t, by, line, body, headers...) // openapi.yaml promises no 500
			got := s.exchange(t, r).wantProblem(t, 500, "internal").wantHeader(t, "Content-Type", problemType)
			if strings.Contains(string(got.body), "postgres") {
				t.Errorf("%s: tells what went wrong: %s", line, got.body)
			}
		})
	}
}

// waitingRooms looks for rooms until the client has had enough, or the test has.
type waitingRooms struct {
	reservation.Store
	called   chan struct{}
	left     chan error // the error of the request's context
	testDone <-chan struct{}
}

func (w waitingRooms) Rooms(ctx context.Context, _ reservation.RoomQuery) (page.List[reservation.Room], error) {
	close(w.called)
	select {
	case <-ctx.Done():
	case <-w.testDone:
	}
	w.left <- ctx.Err()
	return page.List[reservation.Room]{}, ctx.Err()
}

func TestClientThatLeaves(t *testing.T) {
	t.Parallel()
	kept := memoryStores()
	waiting := waitingRooms{kept.reservations, make(chan struct{}), make(chan error, 1), t.Context().Done()}
	kept.reservations = waiting
	s := newService(t, kept)

	ctx, leave := context.WithCancel(t.Context())
	go func() {
		<-waiting.called
		leave()
	}()
	r, _ := s.request(t, guest, "GET /v1/rooms", nil)
	if _, err := s.client.Do(r.WithContext(ctx)); !errors.Is(err, context.Canceled) {
		t.Errorf("GET /v1/rooms: error %v, want %v", err, context.Canceled)
	}
	select {
	case err := <-waiting.left:
		if !errors.Is(err, context.Canceled) {
			t.Errorf("the store's context ended with %v, want %v", err, context.Canceled)
		}
	case <-time.After(10 * time.Second):
		t.Error("the store's context goes on 10s after the client left, want it to end")
	}
}
