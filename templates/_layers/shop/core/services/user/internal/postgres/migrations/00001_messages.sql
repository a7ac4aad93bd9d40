-- +goose Up

-- Events that are not published yet.
CREATE TABLE outbox (
    position bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    event    jsonb       NOT NULL,
    added_at timestamptz NOT NULL DEFAULT now()
);

-- Messages that had their effect.
CREATE TABLE inbox (
    consumer   text        NOT NULL,
    message_id text        NOT NULL,
    handled_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (consumer, message_id)
);

CREATE INDEX inbox_handled_at_idx ON inbox (handled_at);

-- +goose Down
DROP TABLE inbox;
DROP TABLE outbox;
