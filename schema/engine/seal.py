"""Closing the declarations: names are resolved, mistakes found, columns gathered."""

from collections.abc import Sequence

from schema.engine.entities import sealed_keys, union_of_entities
from schema.engine.row import REGISTRY, collect, row_fields


def seal(others: Sequence[type]) -> None:
    """Check every declaration, once all modules are imported.

    Args:
        others: types with declared fields that are no row types: roots, payloads, events.

    Raises:
        DeclarationError: a mistake, with the line to change.
    """
    namespace = {name: spec.cls for name, spec in REGISTRY.items()}
    namespace["_Entity"] = union_of_entities()
    specs = list(REGISTRY.values())
    for cls in [*(spec.cls for spec in specs), *others]:
        for declared in row_fields(cls):
            declared.seal(namespace)
    for spec in specs:
        spec.columns.update(collect(spec))
        spec.named_by[:] = sealed_keys(spec)
