-- migrate:up
-- Raised when a database is restored from a backup; sequences start anew in a new epoch.
CREATE TABLE meta (
    epoch int NOT NULL DEFAULT 1,
    single boolean NOT NULL DEFAULT true UNIQUE CHECK (single)
);
INSERT INTO meta DEFAULT VALUES;

-- One lockable row per thing that has state. A body of null is a stub, made only to be locked, or, where
-- `deleted`, a tombstone that tells the desks' caches what is gone. The desk's own row is ('desk', slug).
CREATE TABLE aggregates (
    kind text NOT NULL,
    id text NOT NULL,
    rank smallint NOT NULL,
    desk text NOT NULL DEFAULT '',
    version bigint NOT NULL DEFAULT 0,
    desk_seq bigint NOT NULL DEFAULT 0,
    token uuid,
    body jsonb,
    deleted boolean NOT NULL DEFAULT false,
    changed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (kind, id)
) WITH (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.05, autovacuum_vacuum_cost_delay = 0);
CREATE INDEX aggregates_by_desk ON aggregates (desk, desk_seq);
CREATE INDEX aggregates_stubs ON aggregates (kind) WHERE body IS NULL AND NOT deleted;
CREATE INDEX aggregates_tombstones ON aggregates (changed_at) WHERE deleted;

-- migrate:down
DROP TABLE aggregates, meta;
