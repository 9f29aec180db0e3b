"""Benchmarks: this product against its peers, in one run, by turns."""
