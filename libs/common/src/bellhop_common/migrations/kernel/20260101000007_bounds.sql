-- migrate:up
-- Records of sequenced topics that a person gave up, though they were never counted: their key's mark passes them.
CREATE TABLE skipped (
    topic text NOT NULL,
    key text NOT NULL,
    epoch int NOT NULL,
    sequence bigint NOT NULL,
    PRIMARY KEY (topic, key, epoch, sequence)
);

-- How often in a row a call had no answer, and how often a timer's handler failed.
ALTER TABLE calls ADD COLUMN unanswered int NOT NULL DEFAULT 0;
ALTER TABLE timers ADD COLUMN failures int NOT NULL DEFAULT 0, ADD COLUMN retry_at timestamptz;

-- migrate:down
ALTER TABLE timers DROP COLUMN failures, DROP COLUMN retry_at;
ALTER TABLE calls DROP COLUMN unanswered;
DROP TABLE skipped;
