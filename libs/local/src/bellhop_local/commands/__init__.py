"""Which commands does the local package add? The stack and the demo; what they need is imported when they run."""
