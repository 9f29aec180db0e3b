"""The schema as a whole: its snapshot, its descriptions, its conventions."""

import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    is_introspection_type,
    is_specified_scalar_type,
    validate_schema,
)

from schema.build import graphql_schema
from schema.snapshot import SNAPSHOT, sdl


def own_types() -> list[GraphQLNamedType]:
    return [
        each
        for each in graphql_schema().type_map.values()
        if not is_introspection_type(each) and not is_specified_scalar_type(each)
    ]


@pytest.mark.snapshot
def test_the_snapshot_is_the_schema() -> None:
    assert SNAPSHOT.read_text("utf-8") == sdl(), "run: make schema"


def test_graphql_itself_finds_nothing_wrong() -> None:
    assert validate_schema(graphql_schema()) == []


def test_everything_is_described() -> None:
    silent = []
    for each in own_types():
        if not each.description:
            silent.append(each.name)
        if isinstance(each, GraphQLObjectType | GraphQLInterfaceType):
            for name, field in each.fields.items():
                if not field.description:
                    silent.append(f"{each.name}.{name}")
                silent += [
                    f"{each.name}.{name}({argument})"
                    for argument, found in field.args.items()
                    if not found.description
                ]
        if isinstance(each, GraphQLInputObjectType):
            silent += [f"{each.name}.{n}" for n, f in each.fields.items() if not f.description]
        if isinstance(each, GraphQLEnumType):
            silent += [f"{each.name}.{n}" for n, v in each.values.items() if not v.description]
    assert silent == []


def test_every_mutation_takes_one_input_and_gives_the_object_or_errors() -> None:
    mutation = graphql_schema().mutation_type
    assert mutation
    for name, field in mutation.fields.items():
        assert list(field.args) == ["input"], name
        payload = field.type
        assert isinstance(payload, GraphQLObjectType), f"{name} is not nullable"
        assert payload.name == f"{name[0].upper()}{name[1:]}Payload"
        assert str(payload.fields["userErrors"].type) == "[UserError!]!"


def test_every_create_takes_an_idempotency_key() -> None:
    mutation = graphql_schema().mutation_type
    assert mutation
    creating = ("declare", "add", "raise", "answer", "create", "record")
    for name, field in mutation.fields.items():
        if name.startswith(creating) and name != "recordVerdict":
            members = field.args["input"].type.of_type.fields  # type: ignore[union-attr]
            assert "idempotencyKey" in members, name
