"""Which rules does a history have to keep? Each of these modules proves one of them."""
