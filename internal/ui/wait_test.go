package ui

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"
	"time"
)

func TestWait(t *testing.T) {
	for _, tt := range []struct {
		name    string
		redraws bool
		want    []string
	}{
		{"a line elsewhere", false, []string{"wait a limit: 1s, until ", " UTC\n"}},
		{"counts down on a terminal", true, []string{"\r\x1b[Kwait a limit: 1s \r\x1b[Kwait a limit: 0s ", "\r\x1b[K"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var out bytes.Buffer
			s := &Streams{Err: &out, redraws: tt.redraws}
			start := time.Now()
			if err := s.Wait(t.Context(), 1200*time.Millisecond, "a limit"); err != nil {
				t.Fatal(err)
			}
			if waited := time.Since(start); waited < 1200*time.Millisecond {
				t.Errorf("waited %s", waited)
			}
			for _, want := range tt.want {
				if !strings.Contains(out.String(), want) {
					t.Errorf("said %q, want %q in it", out.String(), want)
				}
			}
		})
	}
}

func TestWaitEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := (&Streams{Err: new(bytes.Buffer)}).Wait(ctx, time.Hour, "a limit"); !errors.Is(err, context.Canceled) {
		t.Errorf("Wait() = %v, want context.Canceled", err)
	}
}
