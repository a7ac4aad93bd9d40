-- +goose Up
CREATE TABLE books (
    id       uuid PRIMARY KEY,
    title    text NOT NULL,
    pages    integer NOT NULL,
    added_at timestamptz NOT NULL DEFAULT now()
);

-- +goose Down
DROP TABLE books;
