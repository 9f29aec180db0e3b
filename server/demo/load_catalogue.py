"""The organisation, written into the catalogue: teams, people, services."""

from server.commands import person as people
from server.commands import service as services
from server.commands import team as teams
from server.commands.work import Office
from server.demo.organisation import Organisation, Person
from server.domain.viewer import Viewer


async def load_catalogue(office: Office, loader: Viewer, company: Organisation) -> None:
    """Write everybody and everything down; what is there already is brought to this state."""
    for team in company.teams:
        await teams.upsert(office, loader, teams.Upsert(team.slug, team.name))
    ids = {
        person.handle: await people.upsert(office, loader, _person(person))
        for person in company.people
    }
    for team in company.teams:
        await teams.upsert(office, loader, teams.Upsert(team.slug, lead=ids[team.lead]))
    for service in company.services:
        command = services.Upsert(
            service.slug,
            service.name,
            service.team,
            repositories=(service.repository,),
            pagerduty_services=(service.pagerduty,),
        )
        await services.upsert(office, loader, command)
    for service in company.services:  # once all are named, for they depend on each other
        command = services.Upsert(service.slug, depends_on=service.depends_on)
        await services.upsert(office, loader, command)


def _person(person: Person) -> people.Upsert:
    identities = (
        people.Identity("github", str(person.github), person.handle),
        people.Identity("pagerduty", person.pagerduty),
    )
    return people.Upsert(person.name, email=person.email, team=person.team, identities=identities)
