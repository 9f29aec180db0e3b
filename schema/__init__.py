"""What is shown: the GraphQL schema, one module for each concept."""
