// Package diskcache keeps answers on disk for a while.
package diskcache

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"time"
)

// keep is how long an entry may lie around before Put sweeps it away.
const keep = 7 * 24 * time.Hour

// Cache is a folder of entries. It is safe for use by several processes at
// once: an entry appears as a whole or not at all.
type Cache struct {
	Dir string
	Now func() time.Time
}

type entry struct {
	Key  string    `json:"key"`
	At   time.Time `json:"at"`
	Body []byte    `json:"body"`
}

// Get returns what Put stored under key less than ttl ago. Everything else is
// a miss: an older entry, one from the future, one that cannot be read.
func (c Cache) Get(key string, ttl time.Duration) ([]byte, bool) {
	data, err := os.ReadFile(c.path(key))
	if err != nil {
		return nil, false
	}
	var e entry
	if err := json.Unmarshal(data, &e); err != nil || e.Key != key {
		return nil, false
	}
	age := c.Now().Sub(e.At)
	return e.Body, age >= 0 && age < ttl
}

// Put stores body under key.
func (c Cache) Put(key string, body []byte) error {
	data, err := json.Marshal(entry{Key: key, At: c.Now().UTC(), Body: body})
	if err != nil {
		return fmt.Errorf("encode cache entry: %w", err)
	}
	if err := os.MkdirAll(c.Dir, 0o700); err != nil {
		return fmt.Errorf("make cache folder: %w", err)
	}
	c.sweep()
	return writeFile(c.path(key), data)
}

// writeFile replaces the file at path by renaming a complete one over it.
func writeFile(path string, data []byte) (err error) {
	f, err := os.CreateTemp(filepath.Dir(path), "new-*")
	if err != nil {
		return fmt.Errorf("make cache entry: %w", err)
	}
	defer func() {
		if err != nil {
			_ = os.Remove(f.Name())
		}
	}()
	if _, err := f.Write(data); err != nil {
		_ = f.Close()
		return fmt.Errorf("write cache entry: %w", err)
	}
	if err := f.Close(); err != nil {
		return fmt.Errorf("write cache entry: %w", err)
	}
	if err := os.Rename(f.Name(), path); err != nil {
		return fmt.Errorf("write cache entry: %w", err)
	}
	return nil
}

// sweep removes entries that are past any use. What it cannot remove it leaves
// for the next time.
func (c Cache) sweep() {
	entries, err := os.ReadDir(c.Dir)
	if err != nil {
		return
	}
	for _, e := range entries {
		info, err := e.Info()
		if err == nil && info.Mode().IsRegular() && c.Now().Sub(info.ModTime()) > keep {
			_ = os.Remove(filepath.Join(c.Dir, e.Name()))
		}
	}
}

func (c Cache) path(key string) string {
	sum := sha256.Sum256([]byte(key))
	return filepath.Join(c.Dir, hex.EncodeToString(sum[:16])+".json")
}
