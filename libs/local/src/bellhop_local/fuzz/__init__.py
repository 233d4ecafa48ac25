"""Can any bytes at a door do harm? Good messages, made bad by a seeded chance, thrown at every door there is."""
