"""What do all four services share? The wire contracts, the delivery kernel and its surroundings."""
