-- +goose Up

-- An order is read and written as a whole: its lines and its history are part of it.
CREATE TABLE orders (
    id              uuid        PRIMARY KEY,
    customer_id     uuid        NOT NULL,
    idempotency_key text,
    lines           jsonb       NOT NULL,
    total_amount    bigint      NOT NULL CHECK (total_amount >= 0),
    total_currency  text        NOT NULL,
    payment_method  text        NOT NULL,
    traceparent     text        NOT NULL,
    placed_at       timestamptz NOT NULL,
    step            text        NOT NULL CHECK (step IN (
        'reserving', 'paying', 'confirming', 'completed', 'refunding', 'releasing', 'cancelled')),
    reason          text        NOT NULL,
    tries           integer     NOT NULL,
    deadline        timestamptz, -- none where the checkout is over
    history         jsonb       NOT NULL,
    CONSTRAINT orders_key_key UNIQUE (customer_id, idempotency_key),
    CONSTRAINT orders_deadline_check CHECK ((deadline IS NULL) = (step IN ('completed', 'cancelled')))
);

CREATE INDEX orders_deadline_idx ON orders (deadline) WHERE deadline IS NOT NULL;

-- +goose Down
DROP TABLE orders;
