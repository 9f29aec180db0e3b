"""The demonstration, tested."""
