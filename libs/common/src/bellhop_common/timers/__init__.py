"""What has to happen later? Durable timers that never fire ahead of their inputs."""
