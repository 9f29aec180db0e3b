"""Tests of the schema, on a real database."""
