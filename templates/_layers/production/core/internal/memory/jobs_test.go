package memory_test

import (
	"testing"

	"example.com/app/internal/job"
	"example.com/app/internal/job/jobtest"
	"example.com/app/internal/memory"
)

func TestJobs(t *testing.T) {
	jobtest.Run(t, func(_ *testing.T, groups []string, r job.Retries) jobtest.Fixture {
		jobs := memory.NewJobs(groups, r)
		return jobtest.Fixture{
			Queue: jobs,
			Other: func(*testing.T) job.Queue { return jobs },
		}
	})
}
