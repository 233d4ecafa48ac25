-- migrate:up
-- Where each conversation's items are, and what the ended ones were: the desk's own state holds only live ones.
CREATE TABLE work_items (
    work_item_id uuid PRIMARY KEY,
    conversation_id uuid NOT NULL,
    cycle int NOT NULL,
    desk text NOT NULL,
    opened_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    ended_at timestamptz,
    body jsonb,
    UNIQUE (conversation_id, cycle)
);
CREATE INDEX work_items_by_end ON work_items (desk, ended_at) WHERE ended_at IS NOT NULL;

-- migrate:down
DROP TABLE work_items;
