package parts

import (
	"log/slog"
	"time"

	"example.com/app/internal/config"
	"example.com/app/internal/job"
	"example.com/app/internal/memory"
	"example.com/app/internal/queue"
)

// Retries outlasts a mail server that is away for two hours.
func Retries() job.Retries {
	return job.Retries{Tries: 14, Base: 2 * time.Second, Max: 30 * time.Minute}
}

// concurrency is how many jobs a group has in hand at once in one process.
const concurrency = 10

// Queue returns the queue, or one in this process's memory where there is none.
func Queue(cfg config.All, logger *slog.Logger) (job.Queue, error) {
	if InProcess(cfg) {
		return memory.NewJobs(Groups(), Retries()), nil
	}
	return queue.Open(cfg.QueueURL, queue.Options{
		Groups: Groups(), Retries: Retries(), Concurrency: concurrency, Logger: logger,
	})
}

// InProcess says whether the API does the jobs itself: a worker of its own needs a
// queue, and the database that the jobs are about.
func InProcess(cfg config.All) bool { return cfg.QueueURL == "" || cfg.DatabaseURL == "" }
