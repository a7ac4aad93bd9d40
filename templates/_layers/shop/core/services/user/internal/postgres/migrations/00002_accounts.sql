-- +goose Up
CREATE TABLE users (
    id            uuid PRIMARY KEY,
    -- In the collation "C", case and order do not depend on the server's locale.
    email         text COLLATE "C" NOT NULL,
    name          text NOT NULL,
    password_hash bytea NOT NULL,
    role          text NOT NULL,
    active        boolean NOT NULL,
    epoch         integer NOT NULL,
    created_at    timestamptz NOT NULL,
    updated_at    timestamptz NOT NULL,
    CONSTRAINT users_email_key UNIQUE (email),
    CONSTRAINT users_email_check CHECK (email = lower(email)),
    CONSTRAINT users_role_check CHECK (role IN ('user', 'admin')),
    CONSTRAINT users_epoch_check CHECK (epoch >= 0)
);

CREATE TABLE sessions (
    id         uuid PRIMARY KEY,
    user_id    uuid NOT NULL CONSTRAINT sessions_user_id_fkey REFERENCES users ON DELETE CASCADE,
    epoch      integer NOT NULL,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    ended_at   timestamptz,
    CONSTRAINT sessions_expires_at_check CHECK (expires_at > created_at)
);

-- Every log-in deletes the expired sessions of its account.
CREATE INDEX sessions_user_id_expires_at_idx ON sessions (user_id, expires_at);

CREATE TABLE refresh_tokens (
    hash       bytea PRIMARY KEY,
    session_id uuid NOT NULL CONSTRAINT refresh_tokens_session_id_fkey REFERENCES sessions ON DELETE CASCADE,
    created_at timestamptz NOT NULL,
    used_at    timestamptz,
    CONSTRAINT refresh_tokens_hash_check CHECK (octet_length(hash) = 32) -- SHA-256
);

-- A session that is deleted takes its tokens with it.
CREATE INDEX refresh_tokens_session_id_idx ON refresh_tokens (session_id);

-- A session has one token that may be used.
CREATE UNIQUE INDEX refresh_tokens_unused_key ON refresh_tokens (session_id) WHERE used_at IS NULL;

-- +goose Down
DROP TABLE refresh_tokens;
DROP TABLE sessions;
DROP TABLE users;
