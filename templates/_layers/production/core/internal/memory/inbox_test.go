package memory_test

import (
	"testing"

	"example.com/app/internal/job"
	"example.com/app/internal/job/jobtest"
	"example.com/app/internal/memory"
)

func TestInbox(t *testing.T) {
	jobtest.RunInbox(t, func(*testing.T) job.Inbox { return new(memory.Inbox) })
}
