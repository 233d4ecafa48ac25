"""Does everything hold when processes and servers die, freeze and come back? A day with faults, and its proof."""
