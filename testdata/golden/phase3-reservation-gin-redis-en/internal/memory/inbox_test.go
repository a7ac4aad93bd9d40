package memory_test

import (
	"testing"

	"github.com/acme/reservation-api/internal/job"
	"github.com/acme/reservation-api/internal/job/jobtest"
	"github.com/acme/reservation-api/internal/memory"
)

func TestInbox(t *testing.T) {
	jobtest.RunInbox(t, func(*testing.T) job.Inbox { return new(memory.Inbox) })
}
