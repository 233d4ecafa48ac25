-- migrate:up
-- What was said in a conversation, and what still waits, are asked for by people.
CREATE INDEX notices_by_conversation ON aggregates ((body ->> 'conversation_id')) WHERE kind = 'notice';
CREATE INDEX notices_waiting ON aggregates ((body ->> 'due_at')) WHERE kind = 'notice' AND body ->> 'life' IN ('scheduled', 'deferred');
CREATE INDEX notices_by_age ON aggregates (changed_at) WHERE kind IN ('notice', 'sent');

-- migrate:down
DROP INDEX notices_by_conversation, notices_waiting, notices_by_age;
