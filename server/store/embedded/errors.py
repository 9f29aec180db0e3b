"""The one error of this package."""


class EmbeddedPostgresError(Exception):
    """PostgreSQL could not be found, prepared, started or reached; the message says what to do."""
