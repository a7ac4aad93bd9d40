package cache

import (
	"sync"
	"time"
)

// decoded is what this process has taken out of Redis, so that it need not be
// fetched and decoded again while its generation lasts. The zero value is empty.
type decoded struct {
	mu         sync.RWMutex
	generation string
	values     map[string]decodedValue
}

type decodedValue struct {
	value any
	until time.Time // when the entry ends in Redis
}

// maxDecoded bounds what clients can fill by asking for ever new lists.
const maxDecoded = 1000

func (d *decoded) get(generation, key string) any {
	d.mu.RLock()
	defer d.mu.RUnlock()
	if v, ok := d.values[key]; ok && d.generation == generation && time.Now().Before(v.until) {
		return v.value
	}
	return nil
}

func (d *decoded) put(generation, key string, value any, until time.Time) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.generation != generation || len(d.values) >= maxDecoded {
		d.generation, d.values = generation, make(map[string]decodedValue)
	}
	d.values[key] = decodedValue{value: value, until: until}
}
