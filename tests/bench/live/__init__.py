"""What is pushed: how much a delivery costs, how soon it comes, and what a subscriber weighs."""
