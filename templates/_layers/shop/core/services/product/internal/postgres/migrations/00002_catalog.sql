-- +goose Up
CREATE TABLE products (
    id             uuid        PRIMARY KEY,
    name           text        NOT NULL,
    description    text        NOT NULL,
    price_amount   bigint      NOT NULL CHECK (price_amount > 0),
    price_currency text        NOT NULL,
    version        integer     NOT NULL,
    created_at     timestamptz NOT NULL,
    updated_at     timestamptz NOT NULL,

    -- Where the pieces are. The sum changes only with a delivery.
    available integer NOT NULL CHECK (available >= 0),
    reserved  integer NOT NULL CHECK (reserved >= 0),
    sold      integer NOT NULL CHECK (sold >= 0)
);

CREATE INDEX products_name_idx ON products (lower(name) COLLATE "C");

CREATE TABLE deliveries (
    product_id uuid    NOT NULL REFERENCES products (id),
    id         uuid    NOT NULL,
    pieces     integer NOT NULL CHECK (pieces > 0),
    PRIMARY KEY (product_id, id)
);

CREATE TABLE reservations (
    order_id uuid  PRIMARY KEY,
    status   text  NOT NULL CHECK (status IN ('', 'reserved', 'refused', 'confirmed', 'released')),
    lines    jsonb NOT NULL
);

-- +goose Down
DROP TABLE reservations;
DROP TABLE deliveries;
DROP TABLE products;
