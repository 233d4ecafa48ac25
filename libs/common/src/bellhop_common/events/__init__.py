"""What travels between the services? Every topic, every type, one pydantic model each."""
