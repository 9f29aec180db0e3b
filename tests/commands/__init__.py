"""Commands against a real PostgreSQL."""
