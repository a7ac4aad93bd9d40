package ui

import (
	"context"
	"fmt"
	"time"
)

// Wait waits for d, or until ctx ends, and says why: by a line that counts down
// on a terminal, by one that says how long elsewhere.
func (s *Streams) Wait(ctx context.Context, d time.Duration, why string) error {
	end := time.Now().Add(d)
	say := func(left time.Duration) string {
		return fmt.Sprintf("%s %s: %s", s.Paint(Yellow, "wait"), why, left.Round(time.Second))
	}
	if !s.redraws {
		s.Say("%s, until %s", say(d), end.UTC().Format("15:04:05 UTC"))
	}
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	done := time.NewTimer(d)
	defer done.Stop()
	for {
		if s.redraws {
			_, _ = fmt.Fprintf(s.Err, "\r\x1b[K%s ", say(time.Until(end))) // nothing is left to tell it to
		}
		select {
		case <-tick.C:
			continue
		case <-done.C:
			s.clearLine()
			return nil
		case <-ctx.Done():
			s.clearLine()
			return ctx.Err()
		}
	}
}

// clearLine makes room for the next line where the last one counted down.
func (s *Streams) clearLine() {
	if s.redraws {
		_, _ = fmt.Fprint(s.Err, "\r\x1b[K") // as above
	}
}
