"""Is everything that a deployment needs there, and as it should be? Looked at from outside, nothing changed."""
