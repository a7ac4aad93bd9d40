package postgres_test

import (
	"context"
	"net/url"
	"testing"
	"time"

	"github.com/google/uuid"

	"example.com/app/internal/database"
	"example.com/app/internal/mail"
	"example.com/app/internal/notice"
	"example.com/app/internal/postgres"
	"example.com/app/internal/postgres/postgrestest"
	"example.com/app/internal/reservation"
	"example.com/app/internal/storetest"
)

// post takes every message, and its time.
type post struct{}

func (post) Send(context.Context, mail.Message) error {
	time.Sleep(10 * time.Millisecond)
	return nil
}

// A worker with more jobs in hand than connections gets all of them done.
func TestNoticesShareFewConnections(t *testing.T) {
	u, err := url.Parse(postgrestest.URL(t))
	if err != nil {
		t.Fatal(err)
	}
	query := u.Query()
	query.Set("pool_max_conns", "2")
	u.RawQuery = query.Encode()
	pool, err := database.Open(t.Context(), u.String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(pool.Close)
	store, now := postgres.NewReservations(pool), time.Now()
	room := reservation.Room{ID: uuid.New(), Name: "Merapi", Capacity: 1, Version: 1, CreatedAt: now, UpdatedAt: now}
	if err := store.CreateRoom(t.Context(), room); err != nil {
		t.Fatal(err)
	}
	user := newUser(t, pool)
	writer := &notice.Writer{Users: postgres.NewUsers(pool), Rooms: store, Inbox: postgres.NewInbox(pool), Mail: post{}}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	for _, err := range storetest.Race(10, func(int) error {
		j, err := notice.Job(reservation.Reservation{ID: uuid.New(), RoomID: room.ID, UserID: user, Version: 1, UpdatedAt: now})
		if err != nil {
			return err
		}
		return writer.Handle(ctx, j)
	}) {
		storetest.WantError(t, "Handle", err, nil)
	}
}
