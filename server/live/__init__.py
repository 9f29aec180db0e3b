"""What is pushed: the feed, the hub that gathers subscribers, and the carriers of hints."""
