"""What do all our HTTP doors share? Who may call, and how an error is told."""
