// Package cache puts Redis in front of the database, for what is read often and
// changes seldom.
package cache

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	mathrand "math/rand/v2"
	"slices"
	"sync/atomic"
	"time"

	"github.com/google/uuid"
	"github.com/redis/go-redis/v9"
	"golang.org/x/sync/singleflight"

	"example.com/app/internal/page"
	"example.com/app/internal/reservation"
)

const (
	// loadTime ends a load from the database on which many may wait.
	loadTime = 5 * time.Second

	// generationKey holds a random text, which each change of a room replaces. Every
	// entry names the generation that it was loaded in and is good in no other: one
	// write makes all entries worthless, and one that was loaded before the change
	// and stored after it is worthless too.
	generationKey = "{rooms}:generation"

	// entryPrefix ends with the number of the entries' shape: raise it when what is
	// stored gets another. Two versions run side by side during an update, and one that
	// does not know a field would lose it. The braces keep all on one node of a cluster.
	entryPrefix = "{rooms}:1:"
)

// Results of a look into the cache.
const (
	Hit    = "hit"
	Miss   = "miss"
	Bypass = "bypass" // Redis did not answer, and the database did its work
)

// Rooms is a reservation.Store that remembers rooms, and lists of rooms. It does
// not remember which rooms are free: that changes with each reservation, and
// people decide by it. Nor does it remember what is not there.
//
// Redis is asked each time, at least for the generation. What it holds beside that
// is fetched and decoded once by each process.
//
// Without Redis it is as slow as the store, and as right. Whoever changes rooms
// without it, by SQL for example, sees the change here when the TTL is over.
type Rooms struct {
	reservation.Store
	redis    redis.Cmdable
	ttl      time.Duration
	logger   *slog.Logger
	observed func(result string)

	loads   singleflight.Group
	changes atomic.Int64 // of rooms, by this process
	told    atomic.Int64 // how many of them Redis knows of
	decoded decoded
}

var _ reservation.Store = (*Rooms)(nil)

// NewRooms returns a cache in front of store, whose entries are good for the TTL at
// most. It calls observed with the result of each look into it.
func NewRooms(store reservation.Store, client redis.Cmdable, ttl time.Duration, logger *slog.Logger, observed func(result string)) *Rooms {
	return &Rooms{Store: store, redis: client, ttl: ttl, logger: logger, observed: observed}
}

// Room implements reservation.Store.
func (c *Rooms) Room(ctx context.Context, id uuid.UUID) (reservation.Room, error) {
	return read(ctx, c, "room:"+id.String(), func(ctx context.Context) (reservation.Room, error) {
		return c.Store.Room(ctx, id)
	})
}

// Rooms implements reservation.Store.
func (c *Rooms) Rooms(ctx context.Context, q reservation.RoomQuery) (page.List[reservation.Room], error) {
	if q.Free != nil {
		return c.Store.Rooms(ctx, q)
	}
	key := fmt.Sprintf("list:%q:%d:%d:%d:%s:%t",
		q.Text, q.MinCapacity, q.Page.Number, q.Page.Size, q.Page.Sort.Key, q.Page.Sort.Descending)
	list, err := read(ctx, c, key, func(ctx context.Context) (page.List[reservation.Room], error) {
		return c.Store.Rooms(ctx, q)
	})
	list.Items = slices.Clone(list.Items) // others have it too
	return list, err
}

// CreateRoom implements reservation.Store.
func (c *Rooms) CreateRoom(ctx context.Context, r reservation.Room) error {
	defer c.forget(ctx)
	return c.Store.CreateRoom(ctx, r)
}

// UpdateRoom implements reservation.Store.
func (c *Rooms) UpdateRoom(ctx context.Context, r reservation.Room) (reservation.Room, error) {
	defer c.forget(ctx)
	return c.Store.UpdateRoom(ctx, r)
}

// DeleteRoom implements reservation.Store.
func (c *Rooms) DeleteRoom(ctx context.Context, id uuid.UUID, version int) error {
	defer c.forget(ctx)
	return c.Store.DeleteRoom(ctx, id, version)
}

// read returns what the cache has under key, or else what load returns.
func read[T any](ctx context.Context, c *Rooms, key string, load func(context.Context) (T, error)) (T, error) {
	generation, err := c.generation(ctx)
	away := err != nil
	if away {
		c.observed(Bypass)
	} else if v, ok := get[T](ctx, c, generation, key); ok {
		c.observed(Hit)
		return v, nil
	} else {
		c.observed(Miss)
	}

	// One load for all who want the same at the same time. Whoever has seen a change
	// does not join those who came before it.
	flight := fmt.Sprintf("%s %d %s", generation, c.changes.Load(), key)
	loaded := c.loads.DoChan(flight, func() (any, error) {
		// The first to come may leave while others wait.
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), loadTime)
		defer cancel()
		v, err := load(ctx)
		if err == nil && !away {
			put(ctx, c, generation, key, v)
		}
		return v, err
	})
	select {
	case <-ctx.Done():
		var none T
		return none, ctx.Err()
	case result := <-loaded:
		v, _ := result.Val.(T)
		return v, result.Err
	}
}

// generation returns the generation of now. It is empty where Redis knows of none.
func (c *Rooms) generation(ctx context.Context) (string, error) {
	if c.told.Load() < c.changes.Load() {
		if err := c.renew(ctx); err != nil {
			return "", err
		}
	}
	generation, err := c.redis.Get(ctx, generationKey).Result()
	if errors.Is(err, redis.Nil) {
		return "", nil
	}
	return generation, err
}

// get returns what is stored under key in the generation, and whether there was
// anything.
func get[T any](ctx context.Context, c *Rooms, generation, key string) (v T, ok bool) {
	if generation == "" {
		return v, false
	}
	if known, ok := c.decoded.get(generation, key).(T); ok {
		return known, true
	}
	stored, err := c.redis.Get(ctx, entryPrefix+key).Bytes()
	if err != nil {
		return v, false
	}
	var e entry[T]
	if err := json.Unmarshal(stored, &e); err != nil || e.Generation != generation {
		return v, false
	}
	c.decoded.put(generation, key, e.Value, e.Until)
	return e.Value, true
}

// entry is what is stored under a key.
type entry[T any] struct {
	Generation string
	Until      time.Time
	Value      T
}

// put stores v. When it fails, the next reader loads again.
func put[T any](ctx context.Context, c *Rooms, generation, key string, v T) {
	if generation == "" {
		// Redis is new, or has lost it. What was just loaded may be older than a change
		// that was made meanwhile: only the next load is stored.
		_ = c.redis.SetNX(ctx, generationKey, rand.Text(), 0).Err()
		return
	}
	// Entries made together are not all loaded again together.
	ttl := c.ttl - mathrand.N(c.ttl/10+1) //nolint:gosec // G404: when an entry expires is no secret
	e := entry[T]{Generation: generation, Until: time.Now().Add(ttl), Value: v}
	stored, err := json.Marshal(e)
	if err != nil {
		c.logger.ErrorContext(ctx, "cache entry cannot be encoded", slog.Any("error", err))
		return
	}
	_ = c.redis.Set(ctx, entryPrefix+key, stored, ttl).Err()
}

// forget makes all entries worthless, after a change that was made or may have
// been: an error does not always mean that nothing has happened.
func (c *Rooms) forget(ctx context.Context) {
	c.changes.Add(1)
	// The change stands, whether its client still waits or not.
	if err := c.renew(context.WithoutCancel(ctx)); err != nil {
		c.logger.WarnContext(ctx, "cache does not know of a change, and may be behind until its TTL is over", slog.Any("error", err))
	}
}

// renew begins a new generation. After an error, reads do it before they believe
// the cache again.
func (c *Rooms) renew(ctx context.Context) error {
	changes := c.changes.Load()
	if err := c.redis.Set(ctx, generationKey, rand.Text(), 0).Err(); err != nil {
		return fmt.Errorf("renew cache generation: %w", err)
	}
	// Of two that end at the same time, the one that knew of more counts.
	for told := c.told.Load(); told < changes && !c.told.CompareAndSwap(told, changes); told = c.told.Load() {
	}
	return nil
}
