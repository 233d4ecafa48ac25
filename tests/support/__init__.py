"""What do several tests need? Databases and topics of their own."""
