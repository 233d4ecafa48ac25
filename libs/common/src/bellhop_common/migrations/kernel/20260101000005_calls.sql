-- migrate:up
-- Calls to the outside world, written before they are made; the token says whose outcome counts.
CREATE TABLE calls (
    call_id uuid PRIMARY KEY,
    kind text NOT NULL,
    subject_kind text NOT NULL,
    subject_id text NOT NULL,
    desk text NOT NULL DEFAULT '',
    body jsonb NOT NULL,
    repeat_in_doubt boolean NOT NULL,
    lease_seconds float8 NOT NULL,
    token uuid,
    lease_until timestamptz,
    attempt int NOT NULL DEFAULT 0,
    in_doubt boolean NOT NULL DEFAULT false,
    not_before timestamptz NOT NULL DEFAULT clock_timestamp(),
    created_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX calls_by_turn ON calls (not_before, created_at);

-- migrate:down
DROP TABLE calls;
