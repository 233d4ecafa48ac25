-- migrate:up
-- The last sequence given out per key of a sequenced topic, in the current epoch.
CREATE TABLE sequences (
    topic text NOT NULL,
    key text NOT NULL,
    last bigint NOT NULL,
    PRIMARY KEY (topic, key)
) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.05, autovacuum_vacuum_cost_delay = 0);

-- A shard is the number under which one partition's rows are locked for publishing.
CREATE TABLE shards (
    shard int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    topic text NOT NULL,
    partition int NOT NULL,
    UNIQUE (topic, partition)
);

CREATE TABLE outbox (
    id bigint GENERATED ALWAYS AS IDENTITY (CACHE 1) PRIMARY KEY,
    shard int NOT NULL,
    topic text NOT NULL,
    partition int NOT NULL,
    key bytea,
    headers jsonb NOT NULL,
    value bytea,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp()
) WITH (autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_cost_delay = 0);
CREATE INDEX outbox_by_shard ON outbox (shard, id);

-- Stretches of more than a second in which a partition was unpublished or unread.
CREATE TABLE stalls (
    topic text NOT NULL,
    partition int NOT NULL,
    from_at timestamptz NOT NULL,
    until_at timestamptz NOT NULL
);
CREATE INDEX stalls_by_partition ON stalls (topic, partition, until_at);

-- migrate:down
DROP TABLE stalls, outbox, shards, sequences;
