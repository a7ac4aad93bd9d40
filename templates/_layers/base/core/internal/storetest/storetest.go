// Package storetest is what the contract suites of all stores share.
package storetest

import (
	"errors"
	"reflect"
	"sync"
	"testing"
	"time"
)

// Exact is a time as a store returns it: in UTC, to the microsecond.
func Exact(t time.Time) time.Time { return t.UTC().Truncate(time.Microsecond) }

// WantError ends the test unless err is want; nil wants success.
func WantError(t *testing.T, call string, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Fatalf("%s = error %v, want %v", call, err, want)
	}
}

// WantWhole fails the test when a field of v is zero: a store that loses it would
// not be noticed.
func WantWhole(t *testing.T, v any) {
	t.Helper()
	for f, value := range reflect.ValueOf(v).Fields() {
		if value.IsZero() {
			t.Errorf("%T.%s is not set by this test", v, f.Name)
		}
	}
}

// Race makes n calls at once and returns what each of them returned.
func Race(n int, call func(i int) error) []error {
	var (
		running sync.WaitGroup
		start   = make(chan struct{})
		errs    = make([]error, n)
	)
	for i := range n {
		running.Go(func() {
			<-start
			errs[i] = call(i)
		})
	}
	close(start)
	running.Wait()
	return errs
}
