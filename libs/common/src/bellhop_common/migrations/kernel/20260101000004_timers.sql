-- migrate:up
-- Never goes back, so that a timer set again is never mistaken for the one before it.
CREATE SEQUENCE timer_generations AS bigint CACHE 1;

CREATE TABLE timers (
    kind text NOT NULL,
    subject_kind text NOT NULL,
    subject_id text NOT NULL,
    desk text NOT NULL DEFAULT '',
    due_at timestamptz NOT NULL,
    generation bigint NOT NULL DEFAULT nextval('timer_generations'),
    set_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (kind, subject_kind, subject_id)
) WITH (autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_cost_delay = 0);
CREATE INDEX timers_by_due ON timers (due_at, kind, subject_kind, subject_id);

-- How far each input partition was read: by the append time of the last record applied, and by when
-- its end was last seen. `end_since` is when the present run of sightings, none over a second apart, began.
CREATE TABLE input_marks (
    topic text NOT NULL,
    partition int NOT NULL,
    applied_at timestamptz,
    end_seen_at timestamptz,
    end_since timestamptz,
    PRIMARY KEY (topic, partition)
) WITH (fillfactor = 50, autovacuum_vacuum_cost_delay = 0);

-- migrate:down
DROP TABLE input_marks, timers;
DROP SEQUENCE timer_generations;
