"""The proof that both ways of reading give one answer: generated operations on tricky data."""
