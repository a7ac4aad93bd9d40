-- +goose Up

-- Jobs, from the transaction of what they are about until the queue has them.
CREATE TABLE outbox (
    id         uuid PRIMARY KEY, -- version 7: their order is that of time
    kind       text NOT NULL,
    payload    json NOT NULL,
    created_at timestamptz NOT NULL
);

-- What each group of consumers has done, so that a job that comes twice is done
-- once.
CREATE TABLE handled_jobs (
    consumers  text NOT NULL,
    job_id     uuid NOT NULL,
    handled_at timestamptz NOT NULL,
    PRIMARY KEY (consumers, job_id)
);

-- Finds those that are old enough to be forgotten.
CREATE INDEX handled_jobs_handled_at_idx ON handled_jobs (handled_at);

-- +goose Down
DROP TABLE handled_jobs;
DROP TABLE outbox;
