-- +goose Up

-- What was answered to requests with an Idempotency-Key.
CREATE TABLE idempotency_keys (
    user_id    uuid NOT NULL CONSTRAINT idempotency_keys_user_id_fkey REFERENCES users ON DELETE CASCADE,
    key        text COLLATE "C" NOT NULL,
    request    bytea NOT NULL, -- SHA-256 of what was asked for
    answer     json,           -- NULL only within the transaction that asks
    created_at timestamptz NOT NULL,
    PRIMARY KEY (user_id, key),
    CONSTRAINT idempotency_keys_request_check CHECK (octet_length(request) = 32)
);

-- Finds those that are old enough to be forgotten.
CREATE INDEX idempotency_keys_created_at_idx ON idempotency_keys (created_at);

-- +goose Down
DROP TABLE idempotency_keys;
