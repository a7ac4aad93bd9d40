package httpapi_test

import (
	"bytes"
	"strings"
	"sync"
	"testing"

	"example.com/app/internal/httpapi"
	"example.com/app/internal/memory"
	"example.com/app/internal/postgres"
	"example.com/app/internal/postgres/postgrestest"
	"example.com/app/internal/reservation"
)

// eachStoreWithKeys runs a test in parallel with others, on every kind of store, with
// idempotency keys in it.
func eachStoreWithKeys(t *testing.T, test func(t *testing.T, s *service)) {
	t.Helper()
	t.Parallel()
	t.Run("memory", func(t *testing.T) {
		t.Parallel()
		kept := memoryStores()
		test(t, newService(t, kept, withKeys(&memory.Keys{Store: kept.reservations})))
	})
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		pool := postgrestest.New(t)
		test(t, newService(t, postgresStores(pool), withKeys(postgres.NewKeys(pool))))
	})
}

func withKeys(keys reservation.Keys) func(*httpapi.Options) {
	return func(o *httpapi.Options) { o.Keys = keys }
}

func TestIdempotencyKey(t *testing.T) {
	eachStoreWithKeys(t, func(t *testing.T, s *service) {
		room := s.newRoom(t, "Merapi")
		const line = "POST /v1/reservations"
		first := s.send(t, s.ann, line, hours(room.ID, 9, 10), "Idempotency-Key", "a").want(t, 201)
		booked := decode[booking](t, first)

		// The answer is the same, down to its bytes, whatever has happened since.
		s.send(t, s.ann, "PATCH /v1/reservations/"+booked.ID, object{"title": "Retro"}, "If-Match", `"1"`).want(t, 200)
		again := s.send(t, s.ann, line, hours(room.ID, 9, 10), "Idempotency-Key", "a").want(t, 201)
		if !bytes.Equal(again.body, first.body) {
			t.Errorf("%s: second answer %s, want the first, %s", line, again.body, first.body)
		}
		for _, name := range []string{"Location", "ETag"} {
			again.wantHeader(t, name, first.header.Get(name))
		}

		s.send(t, s.ann, line, hours(room.ID, 11, 12), "Idempotency-Key", "a").wantProblem(t, 422, "key-reused")
		s.send(t, s.ann, line, hours(room.ID, 9, 10), "Idempotency-Key", "b").wantProblem(t, 409, "room-taken")
		s.send(t, s.bob, line, hours(room.ID, 11, 12), "Idempotency-Key", "a").want(t, 201)
		s.send(t, s.ann, line, hours(room.ID, 9, 10)).wantProblem(t, 409, "room-taken")
	})
}

// A request that fails leaves its key free.
func TestIdempotencyKeyAfterFailure(t *testing.T) {
	eachStoreWithKeys(t, func(t *testing.T, s *service) {
		room := s.newRoom(t, "Merapi")
		const line = "POST /v1/reservations"
		s.send(t, s.ann, line, hours(room.ID, 10, 9), "Idempotency-Key", "a").wantProblem(t, 422, "invalid-fields", "ends_at")
		s.send(t, s.ann, line, hours(room.ID, 9, 10), "Idempotency-Key", "a").want(t, 201)
	})
}

func TestIdempotencyKeyAtOnce(t *testing.T) {
	eachStoreWithKeys(t, func(t *testing.T, s *service) {
		room := s.newRoom(t, "Merapi")
		answers := make([]answer, 8)
		var running sync.WaitGroup
		for i := range answers {
			running.Go(func() {
				r, _ := s.request(t, s.ann, "POST /v1/reservations", hours(room.ID, 9, 10), "Idempotency-Key", "a")
				answers[i] = s.exchange(t, r)
			})
		}
		running.Wait()
		for _, got := range answers {
			if got.want(t, 201); !bytes.Equal(got.body, answers[0].body) {
				t.Errorf("%s: answers %s and %s, want the same", got.line, answers[0].body, got.body)
			}
		}
		list := decode[list[booking]](t, s.send(t, s.ann, "GET /v1/reservations", nil).want(t, 200))
		if list.Total != 1 {
			t.Errorf("%d reservations, want 1", list.Total)
		}
	})
}

func TestUnusableIdempotencyKeys(t *testing.T) {
	t.Parallel()
	kept := memoryStores()
	s := newService(t, kept, withKeys(&memory.Keys{Store: kept.reservations}))
	room := s.newRoom(t, "Merapi")
	for _, key := range []string{"two words", strings.Repeat("k", 256), "kunci-é"} {
		s.send(t, s.ann, "POST /v1/reservations", hours(room.ID, 9, 10), "Idempotency-Key", key).
			wantProblem(t, 400, "malformed-request", "Idempotency-Key")
	}
	s.send(t, guest, "POST /v1/reservations", hours(room.ID, 9, 10), "Idempotency-Key", "a").wantProblem(t, 401, "unauthenticated")
}
