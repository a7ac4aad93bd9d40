package queue

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/google/uuid"
	"github.com/hibiken/asynq"

	"example.com/app/internal/job"
)

// pageSize is how many dead jobs are read at once when one is looked for.
const pageSize = 100

// Dead implements [job.Queue]. asynq keeps the dead for 90 days, and not more than
// 10,000 of a group: then those that died first are lost. Watch Stats.
func (q *Queue) Dead(ctx context.Context, group string, limit int) ([]job.Dead, error) {
	if err := q.known(group); err != nil {
		return nil, fmt.Errorf("list dead jobs: %w", err)
	}
	tasks, err := q.archived(ctx, group, limit, 1)
	if err != nil {
		return nil, fmt.Errorf("list dead jobs: %w", err)
	}
	dead := make([]job.Dead, len(tasks))
	for i, task := range tasks {
		j, err := decode(task.Payload)
		if err != nil { // of what nobody can read, we know what is written on the outside
			name, _, _ := strings.Cut(task.ID, ".")
			id, _ := uuid.Parse(name)
			j = job.Job{ID: id, Kind: task.Type}
		}
		dead[i] = job.Dead{Job: j, Tries: task.Retried + 1, Reason: task.LastErr, DiedAt: task.LastFailedAt.UTC()}
	}
	return dead, nil
}

// archived returns a page of a group's dead, those that died first at the front.
func (q *Queue) archived(ctx context.Context, group string, size, page int) ([]*asynq.TaskInfo, error) {
	if err := ctx.Err(); err != nil || size < 1 {
		return nil, err
	}
	tasks, err := q.inspector.ListArchivedTasks(group, asynq.PageSize(size), asynq.Page(page))
	if errors.Is(err, asynq.ErrQueueNotFound) { // nobody has published yet
		return nil, nil
	}
	return tasks, cause(ctx, err)
}

// Retry implements [job.Queue].
//
// asynq would run the task again with no tries left. So a new one takes its place,
// under another name. If the process dies in between, there are both: then the job
// is handed out, and may still be brought back.
func (q *Queue) Retry(ctx context.Context, group string, id uuid.UUID) error {
	if err := q.known(group); err != nil {
		return fmt.Errorf("retry job %s: %w", id, err)
	}
	for page := 1; ; page++ {
		tasks, err := q.archived(ctx, group, pageSize, page)
		if err != nil {
			return fmt.Errorf("retry job %s: %w", id, err)
		}
		if len(tasks) == 0 {
			return fmt.Errorf("retry job %s: %w", id, job.ErrNotFound)
		}
		for _, task := range tasks {
			if generation, ok := generationOf(task.ID, id); ok {
				if err := q.revive(ctx, task, taskID(id, generation+1)); err != nil {
					return fmt.Errorf("retry job %s: %w", id, err)
				}
				return nil
			}
		}
	}
}

func (q *Queue) revive(ctx context.Context, dead *asynq.TaskInfo, newID string) error {
	err := q.enqueue(ctx, dead.Queue, newID, asynq.NewTask(dead.Type, dead.Payload))
	if err != nil && !errors.Is(err, asynq.ErrTaskIDConflict) { // somebody else was about to do the same
		return err
	}
	err = q.inspector.DeleteTask(dead.Queue, dead.ID)
	if errors.Is(err, asynq.ErrTaskNotFound) {
		return nil
	}
	return cause(ctx, err)
}

// taskID names the task of a job that came back so many times: the job's ID, then
// the same with ".1", and so on.
func taskID(id uuid.UUID, generation int) string {
	return id.String() + "." + strconv.Itoa(generation)
}

// generationOf is the reverse of taskID. It returns false for tasks of other jobs.
func generationOf(taskID string, id uuid.UUID) (int, bool) {
	name, generation, revived := strings.Cut(taskID, ".")
	if name != id.String() {
		return 0, false
	}
	if !revived {
		return 0, true
	}
	n, err := strconv.Atoi(generation)
	return n, err == nil
}

// Stats implements [job.Queue].
func (q *Queue) Stats(ctx context.Context, group string) (job.Stats, error) {
	if err := q.known(group); err != nil {
		return job.Stats{}, fmt.Errorf("count jobs: %w", err)
	}
	stats, err := q.stats(ctx, group)
	if err != nil {
		return job.Stats{}, fmt.Errorf("count jobs: %w", cause(ctx, err))
	}
	return stats, nil
}

func (q *Queue) stats(ctx context.Context, group string) (job.Stats, error) {
	if err := ctx.Err(); err != nil {
		return job.Stats{}, err
	}
	groups, err := q.inspector.Queues()
	if err != nil || !slices.Contains(groups, group) { // nobody has published yet
		return job.Stats{}, err
	}
	info, err := q.inspector.GetQueueInfo(group)
	if err != nil {
		return job.Stats{}, err
	}
	return job.Stats{Waiting: info.Pending, Retrying: info.Retry, Dead: info.Archived}, nil
}
