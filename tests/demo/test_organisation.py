"""The organisation of the demonstration holds together."""

from server.demo.organisation import acme
from server.demo.scenarios import ordinary_changes, scenarios
from server.domain.catalog import check_email, check_name, check_slug


def test_everybody_has_a_team_and_everything_an_owner() -> None:
    teams = {team.slug for team in acme().teams}

    assert {person.team for person in acme().people} == teams
    assert {service.team for service in acme().services} == teams
    for team in acme().teams:
        assert acme().person(team.lead).team == team.slug


def test_ids_and_names_are_distinct() -> None:
    people, services = acme().people, acme().services

    for values in (
        [person.handle for person in people],
        [person.name for person in people],
        [person.github for person in people],
        [person.pagerduty for person in people] + [service.pagerduty for service in services],
        [service.slug for service in services],
    ):
        assert len(set(values)) == len(values)


def test_what_it_holds_can_be_written_into_the_catalogue() -> None:
    for person in acme().people:
        assert not check_email(person.email, "email")
        assert not check_name(person.name, "name")
    slugs = [team.slug for team in acme().teams] + [service.slug for service in acme().services]
    for slug in slugs:
        assert not check_slug(slug, "slug")


def test_services_depend_on_services_that_exist() -> None:
    slugs = {service.slug for service in acme().services}

    for service in acme().services:
        assert slugs.issuperset(service.depends_on)
        assert service.slug not in service.depends_on


def test_every_service_has_changes_and_every_scenario_a_service() -> None:
    slugs = {service.slug for service in acme().services}

    assert all(ordinary_changes(slug) for slug in slugs)
    for scenario in scenarios():
        assert slugs.issuperset(scenario.services)
