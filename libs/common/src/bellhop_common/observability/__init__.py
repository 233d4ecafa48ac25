"""How does a running service show what it does? Metrics, logs, health."""
