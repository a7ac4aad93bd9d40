-- +goose Up
CREATE UNIQUE INDEX books_title_key ON books (lower(title));
ALTER TABLE books ADD CONSTRAINT books_pages_check CHECK (pages > 0);

-- +goose Down
ALTER TABLE books DROP CONSTRAINT books_pages_check;
DROP INDEX books_title_key;
