"""Did the system do what it promises? Judged by an outsider, from the topics alone."""
