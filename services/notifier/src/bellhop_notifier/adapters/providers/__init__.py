"""Who carries a notice to the outside? One small port, and a provider per kind of channel."""
