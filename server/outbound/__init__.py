"""The HTTP client that integrations are given: limits, retries, pages and credentials."""
