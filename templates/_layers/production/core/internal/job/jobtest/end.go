package jobtest

import (
	"context"
	"testing"
	"time"

	"example.com/app/internal/job"
)

func testEnd(t *testing.T, open Open) {
	runAll(t, open, []subtest{
		{name: "it waits for the jobs in hand", test: drain},
		{name: "it takes no more jobs", test: takeNoMore},
		{name: "a failure at the end counts", test: failAtEnd},
		{name: "it ends while nothing is to do", test: endIdle},
		{name: "another one gets the job of one that vanished", test: vanish},
	})
}

func drain(t *testing.T, f Fixture) {
	handed, record := record(nil)
	finish := newGate()
	defer finish.open()
	ended := make(chan error, 1)
	c := consume(t, f.Queue, mail, func(ctx context.Context, j job.Job) error {
		_ = record(ctx, j)
		<-finish.opened
		ended <- ctx.Err()
		return nil
	})
	f.publish(t, "test")
	receive(t, "the job", handed)
	c.cancel()
	receiveNone(t, "the end of Consume while a job is in hand", c.ended)

	finish.open()
	c.stop(t)
	select {
	case err := <-ended:
		if err != nil {
			t.Errorf("the context of the handler = %v while Consume waits, want it to go on", err)
		}
	default:
		t.Error("Consume() returned before the handler did")
	}
	f.waitStats(t, mail, job.Stats{})
	consume(t, f.Other(t), mail, record)
	receiveNone(t, "a job that was done", handed)
}

func takeNoMore(t *testing.T, f Fixture) {
	handed, handle := record(nil)
	c := consume(t, f.Queue, mail, handle)
	f.publish(t, "a")
	receive(t, "the job", handed)
	c.stop(t)
	want := f.publish(t, "b")
	receiveNone(t, "a job after the end of Consume", handed)
	consume(t, f.Queue, mail, handle)
	wantAll(t, mail, handed, want)
}

func failAtEnd(t *testing.T, f Fixture) {
	handed, handle := record(nil)
	finish := newGate()
	defer finish.open()
	c := consume(t, f.Queue, mail, func(ctx context.Context, j job.Job) error {
		_ = handle(ctx, j)
		<-finish.opened
		return errBroken
	})
	want := f.publish(t, "test")[0]
	wantJob(t, receive(t, "the job", handed), want, 1)
	c.cancel()
	finish.open()
	c.stop(t)
	consume(t, f.Other(t), mail, handle)
	wantJob(t, receive(t, "the next try", handed), want, 2)
}

func endIdle(t *testing.T, f Fixture) {
	_, handle := record(nil)
	start := time.Now()
	for range 3 {
		consume(t, f.Queue, mail, handle).stop(t)
	}
	if took := time.Since(start); took > patience/2 {
		t.Errorf("three times Consume() took %v to end, want much less", took)
	}
}

func vanish(t *testing.T, f Fixture) {
	if f.Doomed == nil {
		t.Skip("the queue ends with its process")
	}
	queue, kill := f.Doomed(t)
	lost, lose := record(nil)
	finish := newGate()
	defer finish.open()
	doomed := consume(t, queue, mail, func(ctx context.Context, j job.Job) error {
		_ = lose(ctx, j)
		<-finish.opened
		return nil
	})
	want := f.publish(t, "test")[0]
	wantJob(t, receive(t, "the job", lost), want, 1)
	doomed.cancel()
	kill()
	handed, handle := record(nil)
	consume(t, f.Queue, mail, handle)
	wantJob(t, receive(t, "the job of the one that vanished", handed), want, 2)
	f.waitStats(t, mail, job.Stats{})
}
