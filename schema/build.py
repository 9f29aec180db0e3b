"""The schema, put together from its concepts."""

from functools import cache
from typing import Any

import strawberry
from graphql import GraphQLSchema

from schema import (
    action_item,
    attribution,
    chat,
    check_in,
    delivery,
    deployment,
    follow_through,
    held_review,
    hypothesis,
    incident,
    integration,
    language,
    library,
    live,
    merging,
    moments,
    person,
    postmortem,
    pull_request,
    recurrence,
    reliability,
    service,
    team,
    timeline,
    viewer,
    why,
)
from schema.engine.entities import EntityQueries
from schema.engine.nodes import NodeQueries
from schema.engine.row import REGISTRY, row_fields
from schema.engine.scalars import config
from schema.engine.seal import seal


@strawberry.type(description="What can be read.")
class Query(
    incident.IncidentQueries,
    service.ServiceQueries,
    deployment.DeploymentQueries,
    pull_request.PullRequestQueries,
    person.PersonQueries,
    team.TeamQueries,
    action_item.ActionItemQueries,
    postmortem.PostmortemQueries,
    held_review.ReviewQueries,
    follow_through.FollowThroughQueries,
    integration.IntegrationQueries,
    viewer.ViewerQueries,
    delivery.DeliveryQueries,
    reliability.ReliabilityQueries,
    library.LibraryQueries,
    NodeQueries,
    EntityQueries,
):
    pass


@strawberry.type(description="What can be written.")
class Mutation(
    incident.IncidentMutations,
    merging.MergingMutations,
    chat.ChatMutations,
    timeline.TimelineMutations,
    hypothesis.HypothesisMutations,
    why.WhyMutations,
    attribution.AttributionMutations,
    action_item.ActionItemMutations,
    postmortem.PostmortemMutations,
    language.LanguageMutations,
    check_in.CheckInMutations,
    recurrence.RecurrenceMutations,
    held_review.ReviewMutations,
    deployment.DeploymentMutations,
    service.ServiceMutations,
    team.TeamMutations,
    person.PersonMutations,
    delivery.DeliveryMutations,
):
    pass


@strawberry.type(description="What is pushed.")
class Subscription(live.LiveSubscriptions):
    pass


_CONCEPTS = (
    action_item,
    attribution,
    chat,
    check_in,
    delivery,
    deployment,
    follow_through,
    held_review,
    hypothesis,
    incident,
    library,
    live,
    merging,
    moments,
    person,
    postmortem,
    recurrence,
    service,
    team,
    timeline,
    viewer,
    why,
)


def _with_references() -> list[type]:
    """Roots, payloads and events: types with declared fields that are no rows."""
    found: list[type] = [Query, Mutation, Subscription]
    for module in _CONCEPTS:
        for value in vars(module).values():
            definition: Any = getattr(value, "__strawberry_definition__", None)
            is_type = isinstance(value, type) and hasattr(definition, "fields")
            if is_type and value.__module__ == module.__name__ and row_fields(value):
                found.append(value)
    return [cls for cls in found if cls.__name__ not in REGISTRY]


@cache
def build() -> strawberry.Schema:
    """The one schema of the process.

    Raises:
        DeclarationError: a declaration is wrong; the message names its line.
    """
    seal(_with_references())
    nodes = [spec.cls for spec in REGISTRY.values() if spec.prefix]
    return strawberry.Schema(
        query=Query,
        mutation=Mutation,
        subscription=Subscription,
        types=nodes,
        config=config(),
    )


def graphql_schema() -> GraphQLSchema:
    """The schema as graphql-core executes it."""
    core: GraphQLSchema = build()._schema
    return core
