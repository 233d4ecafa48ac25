"""What would somebody write by hand instead of the router? Two programs that make the same rows and events."""
