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


class BadReference(EngineError):
    """A representation of an entity that names none: of no type, or by no key of its type."""


class TooMany(EngineError):
    """An operation that asks for more than it may: references, or rows altogether."""


class DeclarationError(Exception):
    """A mistake in a declaration, found at start; the message names the line to change."""
