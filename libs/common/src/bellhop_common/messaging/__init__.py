"""How do records come in from Kafka and go out to it, in order and without loss?"""
