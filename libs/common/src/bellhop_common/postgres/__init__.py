"""How is state kept? Connections, migrations, lockable documents and the outbox, all in one schema per service."""
