-- +goose Up

-- The read side. All of it can be made again from the events: order view rebuild.
CREATE TABLE view_customers (
    id   uuid PRIMARY KEY,
    name text NOT NULL
);

CREATE TABLE view_products (
    id       uuid    PRIMARY KEY,
    version  integer NOT NULL,
    name     text    NOT NULL,
    amount   bigint  NOT NULL,
    currency text    NOT NULL
);

CREATE TABLE view_orders (
    id             uuid        PRIMARY KEY,
    customer_id    uuid        NOT NULL,
    lines          jsonb       NOT NULL,
    products       text        NOT NULL, -- their names, for the search
    total_amount   bigint      NOT NULL,
    total_currency text        NOT NULL,
    status         text        NOT NULL,
    reason         text        NOT NULL,
    placed_at      timestamptz NOT NULL,
    updated_at     timestamptz NOT NULL
);

CREATE INDEX view_orders_customer_idx ON view_orders (customer_id, placed_at);
CREATE INDEX view_orders_placed_at_idx ON view_orders (placed_at);

-- The last event that was written into the view: one row.
CREATE TABLE view_position (
    one_row  boolean PRIMARY KEY DEFAULT true CHECK (one_row),
    sequence bigint  NOT NULL,
    event_id text    NOT NULL -- tells when the log is another one than before
);

INSERT INTO view_position (sequence, event_id) VALUES (0, '');

-- +goose Down
DROP TABLE view_position;
DROP TABLE view_orders;
DROP TABLE view_products;
DROP TABLE view_customers;
