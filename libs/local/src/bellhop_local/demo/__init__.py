"""What does Bellhop do? A mixed day of real messages through the real services, in a minute."""
