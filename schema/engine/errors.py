"""Errors the engine gives to a client. The host translates them with its own."""


class EngineError(Exception):
    """A request that a declaration does not allow. The message is for the client."""


class BadCursor(EngineError):
    """A cursor that this connection did not make in this order."""


class BadId(EngineError):
    """An id that is none of this API's, or names another type."""


class BadPage(EngineError):
    """Page arguments that contradict each other or the limits."""


class BadLookup(EngineError):
    """Keys of a lookup that are missing or one too many."""


class TooMany(EngineError):
    """An operation that asks for more than one may: of ids, or of rows altogether."""


class DeclarationError(Exception):
    """A mistake in a declaration, found at start; the message names the line to change."""
