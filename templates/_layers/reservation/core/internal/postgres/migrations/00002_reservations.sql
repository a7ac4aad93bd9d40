-- +goose Up

-- Lets the constraint on reservations compare room_id, which is no range. It is a
-- trusted extension: whoever may create in the database may create it.
CREATE EXTENSION IF NOT EXISTS btree_gist;

CREATE TABLE rooms (
    id          uuid PRIMARY KEY,
    name        text NOT NULL,
    description text NOT NULL,
    capacity    integer NOT NULL,
    version     integer NOT NULL,
    created_at  timestamptz NOT NULL,
    updated_at  timestamptz NOT NULL,
    -- A word is a run of letters and digits. The parser of text search alone
    -- would also find e-mail addresses, paths and numbers with a sign.
    search      tsvector NOT NULL GENERATED ALWAYS AS (
        to_tsvector('simple', regexp_replace(name || ' ' || description, '[^[:alnum:]]+', ' ', 'g'))
    ) STORED,
    CONSTRAINT rooms_capacity_check CHECK (capacity > 0),
    CONSTRAINT rooms_version_check CHECK (version > 0)
);

-- Names differ in more than case. In the collation "C" the order of the list,
-- which this index serves too, does not depend on the server's locale.
CREATE UNIQUE INDEX rooms_name_key ON rooms (lower(name) COLLATE "C");

-- Finds rooms by the words in their name and description.
CREATE INDEX rooms_search_idx ON rooms USING gin (search);

CREATE TABLE reservations (
    id           uuid PRIMARY KEY,
    room_id      uuid NOT NULL CONSTRAINT reservations_room_id_fkey REFERENCES rooms ON DELETE RESTRICT,
    user_id      uuid NOT NULL CONSTRAINT reservations_user_id_fkey REFERENCES users ON DELETE RESTRICT,
    title        text NOT NULL,
    during       tstzrange NOT NULL,
    cancelled_at timestamptz,
    version      integer NOT NULL,
    created_at   timestamptz NOT NULL,
    updated_at   timestamptz NOT NULL,
    -- [start, end): whoever leaves at ten does not meet whoever comes at ten. A
    -- range that is empty or has no bound includes none, and is refused with it.
    CONSTRAINT reservations_during_check CHECK (
        lower_inc(during) AND NOT upper_inc(during) AND NOT upper_inf(during)
        AND isfinite(lower(during)) AND isfinite(upper(during))
    ),
    CONSTRAINT reservations_version_check CHECK (version > 0),
    -- The heart of the program. Its index also finds the rooms that are free.
    CONSTRAINT reservations_no_overlap
        EXCLUDE USING gist (room_id WITH =, during WITH &&) WHERE (cancelled_at IS NULL)
);

-- Lists what a user has reserved, by start.
CREATE INDEX reservations_user_id_start_idx ON reservations (user_id, lower(during), id);

-- Lists what is reserved in a room, by start, and tells whether there is anything
-- when the room is to be deleted: the constraint's index leaves out the cancelled
-- ones.
CREATE INDEX reservations_room_id_start_idx ON reservations (room_id, lower(during), id);

-- Lists what is reserved in all rooms between two moments.
CREATE INDEX reservations_during_idx ON reservations USING gist (during);

-- +goose Down
DROP TABLE reservations;
DROP TABLE rooms;
-- btree_gist stays: it may have been there before, and belong to somebody else.
