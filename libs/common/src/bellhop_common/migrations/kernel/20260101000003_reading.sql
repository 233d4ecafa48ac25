-- migrate:up
CREATE TABLE next_offsets (
    group_id text NOT NULL,
    topic text NOT NULL,
    partition int NOT NULL,
    next_offset bigint NOT NULL,
    PRIMARY KEY (group_id, topic, partition)
) WITH (fillfactor = 50);

-- Ids already handled, by the day they were handled on. The id leads, since a repeat may come on another day.
CREATE TABLE inbox (
    day date NOT NULL,
    id uuid NOT NULL,
    PRIMARY KEY (id, day)
) PARTITION BY RANGE (day);
CREATE TABLE inbox_default PARTITION OF inbox DEFAULT;

-- The highest sequence applied per key of a sequenced topic.
CREATE TABLE watermarks (
    topic text NOT NULL,
    key text NOT NULL,
    epoch int NOT NULL,
    sequence bigint NOT NULL,
    PRIMARY KEY (topic, key)
) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.05, autovacuum_vacuum_cost_delay = 0);

CREATE TABLE parked (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    subject_kind text NOT NULL,
    subject_id text NOT NULL,
    topic text NOT NULL,
    partition int NOT NULL,
    record_offset bigint NOT NULL,
    key bytea,
    headers jsonb NOT NULL,
    value bytea,
    appended_at timestamptz NOT NULL,
    desk text NOT NULL DEFAULT '',
    reason text NOT NULL,
    missing text,
    error text,
    attempts int NOT NULL DEFAULT 0,
    first_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    retry_at timestamptz,
    UNIQUE (topic, partition, record_offset)
);
CREATE INDEX parked_by_subject ON parked (subject_kind, subject_id, id);
CREATE INDEX parked_by_retry ON parked (retry_at) WHERE retry_at IS NOT NULL;

CREATE TABLE held (
    subject_kind text NOT NULL,
    subject_id text NOT NULL,
    topic text NOT NULL,
    partition int NOT NULL,
    record_offset bigint NOT NULL,
    since timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (subject_kind, subject_id)
);

-- migrate:down
DROP TABLE held, parked, watermarks, inbox, next_offsets;
