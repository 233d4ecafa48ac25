"""What is the smallest service that uses everything? It counts numbers per key."""
