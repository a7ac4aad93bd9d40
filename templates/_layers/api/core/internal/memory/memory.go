// Package memory keeps everything in the memory of the process, for tests and
// for a start without a database. What it holds ends with the process.
package memory

import "time"

// moment is a time as a database keeps it.
func moment(t time.Time) time.Time { return t.UTC().Truncate(time.Microsecond) }
