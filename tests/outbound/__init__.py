"""The client that integrations are given."""
