"""Sentences as people write them in post-mortems, and what the rules find in them."""
