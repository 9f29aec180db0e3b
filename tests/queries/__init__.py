"""Golden queries: each with its answer, and the statement that it costs."""
