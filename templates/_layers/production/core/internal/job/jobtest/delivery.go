package jobtest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"

	"example.com/app/internal/job"
	"example.com/app/internal/storetest"
)

func testDelivery(t *testing.T, open Open) {
	runAll(t, open, []subtest{
		{name: "a job arrives whole", test: arriveWhole},
		{name: "every group gets every job", test: everyGroup},
		{name: "a job is kept until somebody consumes", test: keptUntilConsumed},
		{name: "the consumers of a group share the work", test: share},
		{name: "a consumer has several jobs in hand", test: severalAtOnce},
		{name: "to publish again does no harm", test: publishAgain},
		{name: "to publish nothing is nothing", test: publishNothing},
		{name: "many publish at once", test: publishAtOnce},
		{name: "a group that was not opened", test: unknownGroup},
	})
}

func arriveWhole(t *testing.T, f Fixture) {
	handed, handle := record(nil)
	consume(t, f.Queue, mail, handle)
	for name, payload := range map[string]any{
		"object": map[string]any{"html": "<b>&</b>", "list": []int{1, 2}, "euro": "€", "none": nil},
		"string": "a \"quoted\" line\n",
		"null":   nil,
	} {
		want, err := job.New("test."+name, payload, time.Now())
		storetest.WantError(t, "New", err, nil)
		storetest.WantError(t, "Publish", f.Queue.Publish(t.Context(), want), nil)
		wantJob(t, receive(t, name, handed), want, 1)
	}
}

func everyGroup(t *testing.T, f Fixture) {
	mails, handleMail := record(nil)
	counts, handleStats := record(nil)
	consume(t, f.Queue, mail, handleMail)
	consume(t, f.Queue, stats, handleStats)
	want := f.publish(t, "a", "b")
	wantAll(t, mail, mails, want)
	wantAll(t, stats, counts, want)
}

func keptUntilConsumed(t *testing.T, f Fixture) {
	want := f.publish(t, "a", "b", "c")
	f.waitStats(t, mail, job.Stats{Waiting: 3})
	handed, handle := record(nil)
	consume(t, f.Other(t), mail, handle)
	wantAll(t, mail, handed, want)
	f.waitStats(t, mail, job.Stats{})
	f.waitStats(t, stats, job.Stats{Waiting: 3})
}

// share publishes many more jobs than a consumer has in hand at once, and holds
// those in hand until both consumers have one.
func share(t *testing.T, f Fixture) {
	handed := make(chan job.Job, 1000)
	both := newGate()
	defer both.open()
	var working atomic.Int32
	for _, queue := range []job.Queue{f.Queue, f.Other(t)} {
		var first sync.Once
		consume(t, queue, mail, func(_ context.Context, j job.Job) error {
			handed <- j
			first.Do(func() {
				if working.Add(1) == 2 {
					both.open()
				}
			})
			<-both.opened
			return nil
		})
	}
	want := f.publish(t, slices.Repeat([]string{"test"}, 60)...)
	receive(t, "a job for each of the consumers", both.opened)
	wantAll(t, mail, handed, want)
	receiveNone(t, "a job that was handed out before", handed)
}

func severalAtOnce(t *testing.T, f Fixture) {
	handed, handle := record(nil)
	together := newGate()
	defer together.open()
	consume(t, f.Queue, mail, func(ctx context.Context, j job.Job) error {
		_ = handle(ctx, j)
		<-together.opened
		return nil
	})
	want := f.publish(t, "a", "b")
	wantAll(t, mail, handed, want)
}

func publishAgain(t *testing.T, f Fixture) {
	want := newJob(t, "test")
	for range 3 {
		storetest.WantError(t, "Publish", f.Queue.Publish(t.Context(), want, want), nil)
	}
	handed, handle := record(nil)
	c := consume(t, f.Queue, mail, handle)
	wantJob(t, receive(t, "the job", handed), want, 1)
	f.waitStats(t, mail, job.Stats{})
	storetest.WantError(t, "Publish", f.Queue.Publish(t.Context(), want), nil)
	f.waitStats(t, mail, job.Stats{})
	c.stop(t)
	for range len(handed) {
		wantJob(t, <-handed, want, 1)
	}
}

func publishNothing(t *testing.T, f Fixture) {
	storetest.WantError(t, "Publish()", f.Queue.Publish(t.Context()), nil)
	f.waitStats(t, mail, job.Stats{})
}

func publishAtOnce(t *testing.T, f Fixture) {
	const publishers, each = 8, 10
	handed, handle := record(nil)
	consume(t, f.Queue, mail, handle)
	other := f.Other(t)
	jobs := make([][]job.Job, publishers)
	for i := range jobs {
		for range each {
			jobs[i] = append(jobs[i], newJob(t, fmt.Sprintf("test.%d", i)))
		}
	}
	errs := storetest.Race(publishers, func(i int) error {
		queue := []job.Queue{f.Queue, other}[i%2]
		for _, j := range jobs[i][:each/2] {
			if err := queue.Publish(t.Context(), j); err != nil {
				return err
			}
		}
		return queue.Publish(t.Context(), jobs[i][each/2:]...)
	})
	for _, err := range errs {
		storetest.WantError(t, "Publish", err, nil)
	}
	wantAll(t, mail, handed, slices.Concat(jobs...))
	f.waitStats(t, mail, job.Stats{})
	f.waitStats(t, stats, job.Stats{Waiting: publishers * each})
}

func unknownGroup(t *testing.T, f Fixture) {
	const group = "unknown"
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, deadErr := f.Queue.Dead(t.Context(), group, 1)
	_, statsErr := f.Queue.Stats(t.Context(), group)
	for call, err := range map[string]error{
		"Consume": f.Queue.Consume(ctx, group, func(context.Context, job.Job) error { return nil }),
		"Dead":    deadErr,
		"Retry":   f.Queue.Retry(t.Context(), group, uuid.New()),
		"Stats":   statsErr,
	} {
		if err == nil || errors.Is(err, job.ErrNotFound) {
			t.Errorf("%s(unknown group) = error %v, want one that says so", call, err)
		}
	}
}

// wantAll waits for the jobs given, in any order.
func wantAll(t *testing.T, group string, handed <-chan job.Job, want []job.Job) {
	t.Helper()
	missing := make(map[uuid.UUID]bool, len(want))
	for _, j := range want {
		missing[j.ID] = true
	}
	for range want {
		j := receive(t, "a job for "+group, handed)
		if !missing[j.ID] {
			t.Errorf("%s was handed %s, which is unknown or was handed out before", group, j.ID)
		}
		delete(missing, j.ID)
	}
}
