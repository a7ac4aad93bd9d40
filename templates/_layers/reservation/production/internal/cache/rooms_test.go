package cache_test

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"

	"example.com/app/internal/cache"
	"example.com/app/internal/memory"
	"example.com/app/internal/page"
	"example.com/app/internal/redis/redistest"
	"example.com/app/internal/reservation"
	"example.com/app/internal/reservation/reservationtest"
	"example.com/app/internal/storetest"
)

var everything = reservation.RoomQuery{Page: page.Request{Number: 1, Size: page.MaxSize, Sort: page.Sort{Key: "name"}}}

func TestStore(t *testing.T) {
	reservationtest.Run(t, func(t *testing.T) reservationtest.Fixture {
		return reservationtest.Fixture{
			Store:   open(new(memory.Reservations), redistest.New(t)),
			NewUser: func(*testing.T) uuid.UUID { return uuid.New() },
		}
	})
}

// Away from Redis, the cache is as right as the store.
func TestStoreWithoutRedis(t *testing.T) {
	reservationtest.Run(t, func(t *testing.T) reservationtest.Fixture {
		client, proxy := redistest.Proxied(t)
		proxy.Cut()
		return reservationtest.Fixture{
			Store:   open(new(memory.Reservations), client),
			NewUser: func(*testing.T) uuid.UUID { return uuid.New() },
		}
	})
}

func open(store reservation.Store, client redistest.Client) *cache.Rooms {
	c, _ := newCache(store, client)
	return c
}

// results counts what looks into a cache came to.
type results struct {
	mu    sync.Mutex
	count map[string]int
}

func newCache(store reservation.Store, client redistest.Client) (*cache.Rooms, *results) {
	r := &results{count: make(map[string]int)}
	return cache.NewRooms(store, client.Shared, time.Minute, slog.New(slog.DiscardHandler), func(result string) {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.count[result]++
	}), r
}

// want fails the test unless so many looks had each result since it was asked last.
func (r *results) want(t *testing.T, hits, misses, bypasses int) {
	t.Helper()
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.count[cache.Hit] != hits || r.count[cache.Miss] != misses || r.count[cache.Bypass] != bypasses {
		t.Errorf("results = %v, want %d hits, %d misses, %d bypasses", r.count, hits, misses, bypasses)
	}
	clear(r.count)
}

// slow is a store whose loads can be counted and held up.
type slow struct {
	reservation.Store
	loads atomic.Int32
	hold  chan struct{} // nil, or closed to let loads go on, after they have read
}

func (s *slow) Rooms(ctx context.Context, q reservation.RoomQuery) (page.List[reservation.Room], error) {
	s.loads.Add(1)
	list, err := s.Store.Rooms(ctx, q)
	if s.hold != nil {
		<-s.hold
	}
	return list, err
}

func addRoom(t *testing.T, store reservation.Store, name string) reservation.Room {
	t.Helper()
	now := storetest.Exact(time.Now())
	room := reservation.Room{ID: uuid.New(), Name: name, Description: "x", Capacity: 4, Version: 1, CreatedAt: now, UpdatedAt: now}
	storetest.WantError(t, "CreateRoom", store.CreateRoom(t.Context(), room), nil)
	return room
}

func wantRooms(t *testing.T, store reservation.Store, want int) {
	t.Helper()
	got, err := store.Rooms(t.Context(), everything)
	if err != nil || got.Total != want || len(got.Items) != want {
		t.Errorf("Rooms() = %d of %d rooms, %v, want %d", len(got.Items), got.Total, err, want)
	}
}

func TestSecondReadIsAHit(t *testing.T) {
	store := &slow{Store: new(memory.Reservations)}
	c, results := newCache(store, redistest.New(t))
	room := addRoom(t, c, "Merapi")
	for range 3 {
		wantRooms(t, c, 1)
	}
	results.want(t, 2, 1, 0)
	if n := store.loads.Load(); n != 1 {
		t.Errorf("%d loads, want 1", n)
	}
	for range 2 {
		if got, err := c.Room(t.Context(), room.ID); err != nil || got != room {
			t.Errorf("Room() = %+v, %v, want %+v", got, err, room)
		}
	}
	results.want(t, 1, 1, 0)
}

// What is free changes with each reservation, which forgets nothing here.
func TestFreeRoomsAreNotCached(t *testing.T) {
	c, results := newCache(new(memory.Reservations), redistest.New(t))
	addRoom(t, c, "Merapi")
	free := everything
	free.Free = &reservation.Period{Start: time.Now(), End: time.Now().Add(time.Hour)}
	for range 2 {
		if _, err := c.Rooms(t.Context(), free); err != nil {
			t.Fatal(err)
		}
	}
	results.want(t, 0, 0, 0)
}

// A change by one process is seen by all others at once.
func TestChangeElsewhere(t *testing.T) {
	store, client := new(memory.Reservations), redistest.New(t)
	here, there := open(store, client), open(store, client)
	wantRooms(t, here, 0)
	room := addRoom(t, there, "Merapi")
	wantRooms(t, here, 1)

	room.Name = "Semeru"
	room, err := there.UpdateRoom(t.Context(), room)
	storetest.WantError(t, "UpdateRoom", err, nil)
	if got, err := here.Room(t.Context(), room.ID); err != nil || got != room {
		t.Errorf("Room() = %+v, %v, want %+v", got, err, room)
	}
	storetest.WantError(t, "DeleteRoom", there.DeleteRoom(t.Context(), room.ID, room.Version), nil)
	wantRooms(t, here, 0)
	if _, err := here.Room(t.Context(), room.ID); !errors.Is(err, reservation.ErrRoomNotFound) {
		t.Errorf("Room() = error %v, want %v", err, reservation.ErrRoomNotFound)
	}
}

// What was read before a change is not stored after it.
func TestLateLoadIsNotBelieved(t *testing.T) {
	store := &slow{Store: new(memory.Reservations)}
	client := redistest.New(t)
	here, there := open(store, client), open(store.Store, client)
	wantRooms(t, here, 0) // Redis knows a generation from now on
	addRoom(t, there, "Merapi")

	store.hold = make(chan struct{})
	late := make(chan int)
	go func() {
		list, _ := here.Rooms(t.Context(), everything)
		late <- list.Total
	}()
	for store.loads.Load() < 2 {
		time.Sleep(time.Millisecond)
	}
	addRoom(t, there, "Semeru")
	close(store.hold)
	if got := <-late; got != 1 {
		t.Errorf("the late load found %d rooms, want the 1 from before the change", got)
	}
	wantRooms(t, here, 2)
}

// Whoever asks after a change does not wait for a load from before it.
func TestNoLoadIsSharedAcrossAChange(t *testing.T) {
	store := &slow{Store: new(memory.Reservations), hold: make(chan struct{})}
	client, proxy := redistest.Proxied(t)
	proxy.Cut() // so that nothing but the process itself knows of the change
	c := open(store, client)
	early := make(chan struct{})
	go func() {
		defer close(early)
		_, _ = c.Rooms(t.Context(), everything)
	}()
	for store.loads.Load() < 1 {
		time.Sleep(time.Millisecond)
	}
	addRoom(t, c, "Merapi")
	after := make(chan int)
	go func() {
		list, _ := c.Rooms(t.Context(), everything)
		after <- list.Total
	}()
	for store.loads.Load() < 2 {
		time.Sleep(time.Millisecond)
	}
	close(store.hold)
	if got := <-after; got != 1 {
		t.Errorf("Rooms() after the change = %d rooms, want 1", got)
	}
	<-early
}

func TestOneLoadForMany(t *testing.T) {
	store := &slow{Store: new(memory.Reservations), hold: make(chan struct{})}
	c := open(store, redistest.New(t))
	addRoom(t, store.Store, "Merapi")
	var started atomic.Int32
	done := make(chan []error)
	go func() {
		done <- storetest.Race(20, func(int) error {
			started.Add(1)
			_, err := c.Rooms(t.Context(), everything)
			return err
		})
	}()
	for started.Load() < 20 || store.loads.Load() < 1 {
		time.Sleep(time.Millisecond)
	}
	time.Sleep(50 * time.Millisecond) // for the last to look into Redis
	close(store.hold)
	for _, err := range <-done {
		storetest.WantError(t, "Rooms", err, nil)
	}
	if n := store.loads.Load(); n > 2 {
		t.Errorf("%d loads for 20 readers, want one", n)
	}
}

// The first to ask may leave: the others still get their answer.
func TestLoadOutlivesItsClient(t *testing.T) {
	store := &slow{Store: new(memory.Reservations), hold: make(chan struct{})}
	c := open(store, redistest.New(t))
	ctx, leave := context.WithCancel(t.Context())
	first := make(chan error)
	go func() {
		_, err := c.Rooms(ctx, everything)
		first <- err
	}()
	for store.loads.Load() < 1 {
		time.Sleep(time.Millisecond)
	}
	second := make(chan error)
	go func() {
		_, err := c.Rooms(t.Context(), everything)
		second <- err
	}()
	leave()
	if err := <-first; !errors.Is(err, context.Canceled) {
		t.Errorf("Rooms() of the client that left = error %v, want %v", err, context.Canceled)
	}
	close(store.hold)
	if err := <-second; err != nil {
		t.Errorf("Rooms() of the other = error %v, want none", err)
	}
}

// A change that Redis did not hear of counts once Redis is back.
func TestOutage(t *testing.T) {
	store := new(memory.Reservations)
	client, proxy := redistest.Proxied(t)
	c, results := newCache(store, client)
	wantRooms(t, c, 0)
	wantRooms(t, c, 0)
	wantRooms(t, c, 0)
	results.want(t, 1, 2, 0)

	proxy.Cut()
	addRoom(t, c, "Merapi")
	wantRooms(t, c, 1)
	results.want(t, 0, 0, 1)
	start := time.Now()
	for range 100 {
		wantRooms(t, c, 1)
	}
	results.want(t, 0, 0, 100)
	if took := time.Since(start); took > 5*time.Second {
		t.Errorf("100 reads without Redis took %v, want a short circuit", took)
	}

	proxy.Restore()
	deadline := time.Now().Add(10 * time.Second)
	for results.bypassed(t, c) {
		if time.Now().After(deadline) {
			t.Fatal("Redis is back for 10s, and still bypassed")
		}
		time.Sleep(50 * time.Millisecond)
	}
	wantRooms(t, c, 1)
}

// bypassed reads and says whether Redis was bypassed.
func (r *results) bypassed(t *testing.T, c *cache.Rooms) bool {
	t.Helper()
	wantRooms(t, c, 1)
	r.mu.Lock()
	defer r.mu.Unlock()
	defer clear(r.count)
	return r.count[cache.Bypass] > 0
}

func TestEntriesEnd(t *testing.T) {
	client := redistest.New(t)
	c := open(new(memory.Reservations), client)
	for range 3 {
		wantRooms(t, c, 0)
	}
	keys, err := client.Keys(t.Context(), "{rooms}:*:list:*").Result()
	if err != nil || len(keys) != 1 {
		t.Fatalf("keys = %q, %v, want one list", keys, err)
	}
	ttl, err := client.TTL(t.Context(), keys[0]).Result()
	if err != nil || ttl > time.Minute || ttl < 50*time.Second {
		t.Errorf("TTL = %v, %v, want between 54s and a minute", ttl, err)
	}
}
