"""The demonstration: an invented organisation, its past, and one incident played live."""
