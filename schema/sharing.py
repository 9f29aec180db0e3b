"""Whether the results of a subscription are the same for all viewers of equal rights."""

from graphql import (
    FieldNode,
    GraphQLSchema,
    Node,
    OperationDefinitionNode,
    TypeInfo,
    TypeInfoVisitor,
    Visitor,
    visit,
)

from schema.engine.documents import Document
from schema.engine.row import RowField


class _Fields(Visitor):
    """Finds fields below the root that run code of their own, which may ask who is looking."""

    def __init__(self, types: TypeInfo, root: object) -> None:
        super().__init__()
        self._types, self._root = types, root
        self.private = False

    def enter_field(self, _: FieldNode, *__: object) -> None:
        """Look at how a field is read."""
        if self._types.get_parent_type() is self._root:
            return
        field = self._types.get_field_def()
        declared = field.extensions.get("strawberry-definition") if field else None
        if declared is None or isinstance(declared, RowField):
            return
        if declared.base_resolver is not None:
            self.private = True


def is_shared(
    schema: GraphQLSchema, document: Document, operation: OperationDefinitionNode
) -> bool:
    """Whether nothing that a subscription selects hangs on more than the viewer's scopes.

    Declared fields read by the viewer's rights alone; a resolver written by hand may read
    anything, so what selects one is executed for each viewer.
    """
    nodes: list[Node] = [operation, *(each.definition for each in document.fragments.values())]
    types = TypeInfo(schema)
    found = _Fields(types, schema.subscription_type)
    for node in nodes:
        visit(node, TypeInfoVisitor(types, found))
    return not found.private
