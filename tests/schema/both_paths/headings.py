"""Where an operation is heading: to one type of the schema, so that all are reached."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from random import Random
from typing import TypeAlias

from graphql import (
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLUnionType,
    get_named_type,
    is_composite_type,
)

from schema.build import graphql_schema
from tests.schema.both_paths.stock import is_connection

Abstract: TypeAlias = GraphQLInterfaceType | GraphQLUnionType

NEEDING_PYTHON: Mapping[str, tuple[str, ...]] = {
    "viewer": ("Viewer",),
    "integrations": ("Integration", "IntegrationFailure", "RateBudget"),
    "actionItemReview": ("ActionItemReview",),
    "followThrough": (
        "FollowThrough",
        "FollowThroughMarks",
        "FollowThroughPoint",
        "TeamFollowThrough",
    ),
    "_service": ("_Service",),
    "postmortemSearch": (
        "PostmortemSearchWhere",
        "PostmortemFoundConnection",
        "PostmortemFoundEdge",
        "PostmortemFound",
        "SnippetPart",
    ),
    "reliability": ("Reliability", "ReliabilityPoint", "Statistic", "Rate"),
}
"""The roots that no statement answers, and the types that only they lead to."""

FIELDS_NEEDING_PYTHON: Mapping[str, tuple[str, ...]] = {
    "Postmortem.markdown": (),
    "Postmortem.facilitatorCandidates": ("FacilitatorCandidate",),
}
"""The fields of rows that no statement answers, and the types that only they lead to."""

OF_PYTHON = frozenset(
    type_
    for types in (*NEEDING_PYTHON.values(), *FIELDS_NEEDING_PYTHON.values())
    for type_ in types
)


FOR_ADMINISTRATORS = frozenset({"deliveries"})
"""The roots at which nearly all viewers are refused."""


@cache
def leads_to(type_: str) -> frozenset[str]:
    """The types that a type's fields lead to; of an abstract one, those that it may be."""
    schema = graphql_schema()
    found = schema.type_map[type_]
    if isinstance(found, Abstract):
        return frozenset(each.name for each in schema.get_possible_types(found))
    if not isinstance(found, GraphQLObjectType):
        return frozenset()
    return frozenset(get_named_type(each.type).name for each in found.fields.values())


@cache
def distances(goal: str) -> dict[str, int]:
    """How many steps each type is away from the goal, as far as a way leads there."""
    found, steps = {goal: 0}, 0
    types = [*composite_types(), "Query"]
    while True:
        steps += 1
        nearer = {each for each in types if each not in found and leads_to(each) & found.keys()}
        if not nearer:
            return found
        found |= dict.fromkeys(nearer, steps)


@cache
def composite_types() -> tuple[str, ...]:
    """The types to head for: all that queries reach, but for those that need Python."""
    found, waiting = set[str](), ["Query"]
    while waiting:
        type_ = waiting.pop()
        if type_ not in found and (below := leads_to(type_)):
            found.add(type_)
            waiting += below
    return tuple(sorted(found - {"Query", *OF_PYTHON}))


def nearer(type_: str, goal: str) -> frozenset[str]:
    """The types that a type leads to and that are nearer to the goal than it is."""
    away = distances(goal)
    if type_ not in away:
        return frozenset()
    return frozenset(each for each in leads_to(type_) if each in away and away[each] < away[type_])


def _fields_of(type_: str) -> frozenset[str]:
    fields = getattr(graphql_schema().type_map[type_], "fields", ())
    return frozenset(each for each in fields if f"{type_}.{each}" not in FIELDS_NEEDING_PYTHON)


class Heading:
    """Chooses fields at random, those on the way to a goal, and one of its fields, more often."""

    def __init__(self, random: Random) -> None:
        self._random = random
        self._goal = random.choice(composite_types())
        self._wanted = random.choice(sorted(_fields_of(self._goal)) or [""])

    def field(
        self, type_: GraphQLObjectType | GraphQLInterfaceType, depth: int, *, tired: bool
    ) -> tuple[str, GraphQLField]:
        """A field of a type; one that leads on the less likely the deeper it is.

        Args:
            tired: there is no going on, where there is a field that does not.
        """
        fields: list[tuple[str, GraphQLField]] = [
            (name, field)
            for name, field in type_.fields.items()
            if f"{type_.name}.{name}" not in FIELDS_NEEDING_PYTHON or self._chance(0.15)
        ]
        onward = [each for each in fields if is_composite_type(get_named_type(each[1].type))]
        if type_.name == "Query":
            return self._root(onward)
        if type_.name == self._goal and not tired and self._chance(0.3):
            return self._wanted, type_.fields[self._wanted]
        values = [each for each in fields if each not in onward]
        near = nearer(type_.name, self._goal)
        ahead = [each for each in onward if get_named_type(each[1].type).name in near]
        if ahead and not tired and self._chance(0.4):
            return self._random.choice(ahead)
        share = 0.9 if type_.name.endswith("Connection") else 0.6 * 0.85**depth
        if onward and (not values or (self._chance(share) and not tired)):
            return self._random.choice(onward)
        return self._random.choice(values)

    def possible(self, type_: Abstract) -> GraphQLObjectType:
        """A type that an object may have."""
        possible = graphql_schema().get_possible_types(type_)
        types = sorted(possible, key=lambda each: each.name)
        ahead = [each for each in types if each.name in nearer(type_.name, self._goal)]
        return self._random.choice(ahead if ahead and self._chance(0.5) else types)

    def _root(self, fields: list[tuple[str, GraphQLField]]) -> tuple[str, GraphQLField]:
        roots = self._roots(fields)
        near = nearer("Query", self._goal)
        ahead = [each for each in roots if get_named_type(each[1].type).name in near]
        return self._random.choice(ahead if ahead and self._chance(0.3) else roots)

    def _roots(self, fields: list[tuple[str, GraphQLField]]) -> list[tuple[str, GraphQLField]]:
        """Roots by how much there is to see; those that need Python, or a right of few, seldom."""
        if self._chance(0.01):
            return [each for each in fields if each[0] in NEEDING_PYTHON]
        left_out = set(NEEDING_PYTHON) | (set() if self._chance(0.4) else FOR_ADMINISTRATORS)
        seen = [each for each in fields if each[0] not in left_out]
        return [*seen, *(each for each in seen if is_connection(each[1]))]

    def _chance(self, share: float) -> bool:
        return self._random.random() < share
