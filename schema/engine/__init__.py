"""The read engine: types declared over tables, read for GraphQL. Knows no concept."""
