"""How does a decision become fact exactly once? The delivery kernel that every service runs on."""
