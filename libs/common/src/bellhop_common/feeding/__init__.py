"""How does a file get onto a topic? Read line by line, judged, sent, and told what was wrong where."""
