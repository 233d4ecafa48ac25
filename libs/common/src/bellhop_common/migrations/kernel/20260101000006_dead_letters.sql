-- migrate:up
-- What a person decided about dead letters; the letters themselves are on their topics. By the place of the letter.
CREATE TABLE settled (
    topic text NOT NULL,
    partition int NOT NULL,
    record_offset bigint NOT NULL,
    how text NOT NULL,
    settled_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (topic, partition, record_offset)
);

-- migrate:down
DROP TABLE settled;
