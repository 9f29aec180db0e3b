"""The named expressions that reads are made of: what depends on the clock or on the viewer,
and the conditions and orders of lists. The schema refers to them and writes none of its own.
"""
