package jobtest

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"example.com/app/internal/job"
	"example.com/app/internal/storetest"
)

func testDead(t *testing.T, open Open) {
	runAll(t, open, []subtest{
		{name: "a job dies when its tries are used up", test: usedUp},
		{name: "a hopeless job dies at once", test: hopeless},
		{name: "there may be one try", retries: job.Retries{Tries: 1, Base: time.Hour, Max: time.Hour}, test: oneTry},
		{name: "the dead are listed in order, and stay", test: listDead},
		{name: "what nobody can read dies at once, and is listed", test: spoiled},
		{name: "a dead job comes back with all its tries", test: revive},
		{name: "a job comes back that died again", test: reviveTwice},
		{name: "what is not dead cannot come back", test: reviveUnknown},
	})
}

func usedUp(t *testing.T, f Fixture) {
	handed, handle := record(always(errBroken))
	consume(t, f.Queue, mail, handle)
	before := time.Now()
	want := f.publish(t, "test")[0]
	for try := range 3 {
		wantJob(t, receive(t, "a try", handed), want, try+1)
	}
	f.wantDead(t, want, 3, before)
	f.waitStats(t, mail, job.Stats{Dead: 1})
	receiveNone(t, "a try too many", handed)
}

func hopeless(t *testing.T, f Fixture) {
	handed, handle := record(always(fmt.Errorf("render: %w: %w", job.ErrHopeless, errBroken)))
	consume(t, f.Queue, mail, handle)
	before := time.Now()
	want := f.publish(t, "test")[0]
	wantJob(t, receive(t, "the only try", handed), want, 1)
	f.wantDead(t, want, 1, before)
	receiveNone(t, "another try", handed)
}

func oneTry(t *testing.T, f Fixture) {
	handed, handle := record(always(errBroken))
	consume(t, f.Queue, mail, handle)
	before := time.Now()
	want := f.publish(t, "test")[0]
	wantJob(t, receive(t, "the only try", handed), want, 1)
	f.wantDead(t, want, 1, before)
}

// wantDead waits for the only dead job. It died after the time given, to the second.
func (f Fixture) wantDead(t *testing.T, want job.Job, tries int, after time.Time) {
	t.Helper()
	dead := f.waitDead(t, 1)[0]
	wantJob(t, dead.Job, want, 0)
	if dead.Tries != tries {
		t.Errorf("Dead().Tries = %d, want %d", dead.Tries, tries)
	}
	if dead.Reason != "" && !strings.Contains(dead.Reason, errBroken.Error()) {
		t.Errorf("Dead().Reason = %q, want %q", dead.Reason, errBroken)
	}
	if died := dead.DiedAt; died.Location() != time.UTC || died.Before(after.Add(-time.Second)) || died.After(time.Now().Add(time.Second)) {
		t.Errorf("Dead().DiedAt = %v, want the time in UTC", died)
	}
}

func listDead(t *testing.T, f Fixture) {
	if dead, err := f.Queue.Dead(t.Context(), mail, 10); err != nil || len(dead) != 0 {
		t.Errorf("Dead(10) = %v, %v, want none", dead, err)
	}
	_, handle := record(always(job.ErrHopeless))
	consume(t, f.Queue, mail, handle)
	var want []job.Job
	for i, kind := range []string{"a", "b", "c"} {
		want = append(want, f.publish(t, kind)...)
		f.waitDead(t, i+1)
	}
	// More often than any queue hands out a message before it drops it.
	for range 30 {
		dead, err := f.Queue.Dead(t.Context(), mail, 2)
		if err != nil || len(dead) != 2 || dead[0].ID != want[0].ID || dead[1].ID != want[1].ID {
			t.Fatalf("Dead(2) = %+v, %v, want the first two in the order in which they died", dead, err)
		}
	}
	f.waitDead(t, 3)
	if dead, err := f.Queue.Dead(t.Context(), mail, 0); err != nil || len(dead) != 0 {
		t.Errorf("Dead(0) = %v, %v, want none", dead, err)
	}
	if dead, err := f.Other(t).Dead(t.Context(), mail, 10); err != nil || len(dead) != 3 {
		t.Errorf("Dead() = %d jobs, %v, elsewhere, want all 3", len(dead), err)
	}
	if dead, err := f.Queue.Dead(t.Context(), stats, 10); err != nil || len(dead) != 0 {
		t.Errorf("Dead() = %v, %v for another group, want none", dead, err)
	}
}

// spoiled has a message that nobody can read among others. What is written on its
// outside is listed.
func spoiled(t *testing.T, f Fixture) {
	if f.Spoiled == nil {
		t.Skip("the queue has no messages")
	}
	handed, handle := record(always(job.ErrHopeless))
	consume(t, f.Queue, mail, handle)
	unreadable := newJob(t, "unreadable")
	f.Spoiled(t, mail, unreadable)
	f.waitDead(t, 1)
	readable := f.publish(t, "readable")[0]
	wantJob(t, receive(t, "the job that can be read", handed), readable, 1)
	dead := f.waitDead(t, 2)
	for i, want := range []job.Job{unreadable, readable} {
		if got := dead[i]; got.ID != want.ID || got.Kind != want.Kind || got.Tries != 1 || got.Reason == "" {
			t.Errorf("Dead()[%d] = %+v, want job %s of kind %s after 1 try, with a reason", i, got, want.ID, want.Kind)
		}
	}
}

func revive(t *testing.T, f Fixture) {
	handed, handle := record(func(j job.Job) error {
		if j.Kind == "hopeless" {
			return job.ErrHopeless
		}
		return errBroken
	})
	c := consume(t, f.Queue, mail, handle)
	broken := f.publish(t, "broken")[0]
	f.waitDead(t, 1)
	hopeless := f.publish(t, "hopeless")[0]
	f.waitDead(t, 2)
	c.stop(t)
	for range len(handed) {
		<-handed
	}

	storetest.WantError(t, "Retry", f.Queue.Retry(t.Context(), mail, hopeless.ID), nil)
	f.waitStats(t, mail, job.Stats{Waiting: 1, Dead: 1})
	if left := f.waitDead(t, 1)[0]; left.ID != broken.ID {
		t.Errorf("Dead() = %s after the retry of the other one, want %s", left.ID, broken.ID)
	}
	storetest.WantError(t, "Retry", f.Queue.Retry(t.Context(), mail, broken.ID), nil)
	f.waitStats(t, mail, job.Stats{Waiting: 2})

	consume(t, f.Other(t), mail, handle)
	tries := map[uuid.UUID]int{}
	for range 4 {
		j := receive(t, "a job that came back", handed)
		tries[j.ID]++
		if j.Try != tries[j.ID] {
			t.Errorf("%s came back as try %d, want %d", j.Kind, j.Try, tries[j.ID])
		}
	}
	if tries[hopeless.ID] != 1 || tries[broken.ID] != 3 {
		t.Errorf("tries after the retry = %v, want 1 of the hopeless job and 3 of the other one", tries)
	}
	f.waitDead(t, 2)
}

func reviveTwice(t *testing.T, f Fixture) {
	handed, handle := record(always(job.ErrHopeless))
	consume(t, f.Queue, mail, handle)
	want := f.publish(t, "test")[0]
	for range 3 {
		wantJob(t, receive(t, "the job", handed), want, 1)
		f.waitDead(t, 1)
		storetest.WantError(t, "Retry", f.Queue.Retry(t.Context(), mail, want.ID), nil)
	}
	wantJob(t, receive(t, "the job", handed), want, 1)
	f.waitDead(t, 1)
}

func reviveUnknown(t *testing.T, f Fixture) {
	_, handle := record(func(j job.Job) error {
		if j.Kind == "bad" {
			return job.ErrHopeless
		}
		return nil
	})
	c := consume(t, f.Queue, mail, handle)
	bad := f.publish(t, "bad")[0]
	f.waitDead(t, 1)
	c.stop(t)
	waiting := f.publish(t, "good")[0]
	tests := []struct {
		name  string
		group string
		id    uuid.UUID
	}{
		{"an unknown job", mail, uuid.New()},
		{"a job that waits", mail, waiting.ID},
		{"a job that is dead in another group", stats, bad.ID},
	}
	for _, test := range tests {
		storetest.WantError(t, "Retry("+test.name+")", f.Queue.Retry(t.Context(), test.group, test.id), job.ErrNotFound)
	}
	storetest.WantError(t, "Retry", f.Queue.Retry(t.Context(), mail, bad.ID), nil)
	storetest.WantError(t, "Retry(a job that came back)", f.Queue.Retry(t.Context(), mail, bad.ID), job.ErrNotFound)
	f.waitStats(t, mail, job.Stats{Waiting: 2})
}
