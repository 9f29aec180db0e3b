"""What runs by itself: one job a file, and the worker that runs them."""
