"""What every subcommand shares: how it is found, how it speaks, how its failures are told."""
