"""Tests of the read engine, which knows no concept."""
