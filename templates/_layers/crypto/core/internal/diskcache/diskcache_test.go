package diskcache_test

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
	"time"

	"example.com/app/internal/diskcache"
)

const key = "https://example.test/prices?ids=bitcoin"

// clock is a time that a test moves.
type clock struct{ at time.Time }

func (c *clock) now() time.Time { return c.at }

func newCache(t *testing.T) (diskcache.Cache, *clock) {
	t.Helper()
	c := &clock{time.Now()}
	return diskcache.Cache{Dir: filepath.Join(t.TempDir(), "deep", "cache"), Now: c.now}, c
}

func TestGet(t *testing.T) {
	body := []byte(`{"bitcoin":{"usd":1}}`)
	tests := []struct {
		name string
		key  string
		move time.Duration
		want bool
	}{
		{name: "fresh", key: key, want: true},
		{name: "almost too old", key: key, move: time.Minute - time.Nanosecond, want: true},
		{name: "too old", key: key, move: time.Minute},
		{name: "from the future", key: key, move: -time.Second},
		{name: "another key", key: key + "x"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			cache, clock := newCache(t)
			if err := cache.Put(key, body); err != nil {
				t.Fatalf("Put() = %v", err)
			}
			clock.at = clock.at.Add(tt.move)
			got, ok := cache.Get(tt.key, time.Minute)
			if ok != tt.want || (ok && !bytes.Equal(got, body)) {
				t.Errorf("Get() = %s, %t, want %s, %t", got, ok, body, tt.want)
			}
		})
	}
}

func TestGetFromEmptyCache(t *testing.T) {
	cache, _ := newCache(t)
	if got, ok := cache.Get(key, time.Minute); ok {
		t.Errorf("Get() = %s, want a miss", got)
	}
}

func TestGetFromDamagedEntry(t *testing.T) {
	tests := []struct {
		name   string
		damage func([]byte) []byte
	}{
		{"cut short", func(b []byte) []byte { return b[:len(b)/2] }},
		{"empty", func([]byte) []byte { return nil }},
		{"other text", func([]byte) []byte { return []byte("<html>") }},
		{"entry of another key", func(b []byte) []byte {
			return bytes.Replace(b, []byte("ids=bitcoin"), []byte("ids=dogecoi"), 1)
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			cache, _ := newCache(t)
			if err := cache.Put(key, []byte("x")); err != nil {
				t.Fatalf("Put() = %v", err)
			}
			path := only(t, cache.Dir)
			data, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, tt.damage(data), 0o600); err != nil {
				t.Fatal(err)
			}
			if got, ok := cache.Get(key, time.Minute); ok {
				t.Errorf("Get() = %s, want a miss", got)
			}
		})
	}
}

func TestPutReplaces(t *testing.T) {
	cache, _ := newCache(t)
	for _, body := range []string{"old", "new"} {
		if err := cache.Put(key, []byte(body)); err != nil {
			t.Fatalf("Put(%s) = %v", body, err)
		}
	}
	if got, ok := cache.Get(key, time.Minute); !ok || string(got) != "new" {
		t.Errorf("Get() = %s, %t, want new", got, ok)
	}
	only(t, cache.Dir) // no temporary file is left behind
}

func TestPutSweepsOldEntries(t *testing.T) {
	cache, clock := newCache(t)
	if err := cache.Put("old", []byte("x")); err != nil {
		t.Fatal(err)
	}
	clock.at = clock.at.Add(8 * 24 * time.Hour)
	if err := cache.Put(key, []byte("x")); err != nil {
		t.Fatal(err)
	}
	only(t, cache.Dir)
}

func TestPutWhereThereIsNoFolder(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	cache := diskcache.Cache{Dir: filepath.Join(file, "cache"), Now: time.Now}
	if err := cache.Put(key, []byte("x")); err == nil {
		t.Error("Put() = nil, want an error below a file")
	}
}

// only returns the one file in dir.
func only(t *testing.T, dir string) string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	if len(entries) != 1 {
		t.Fatalf("cache has %d files, want 1: %v", len(entries), entries)
	}
	return filepath.Join(dir, entries[0].Name())
}
