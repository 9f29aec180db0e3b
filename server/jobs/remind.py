"""The reminder: tells owners, leads and teams of action items, through chats where there are."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from integrations.contract import Post, PostsMessages
from server.commands.post import Target
from server.commands.remind import remind_people, review_teams
from server.commands.work import Office
from server.domain.link import Links
from server.domain.reminder import ReminderRole, Rhythm
from server.outbound.agents import Agent

Chat = Agent[PostsMessages]


@dataclass(frozen=True, slots=True)
class Remind:
    """Each is reminded once, however many workers remind; without a chat the API alone tells."""

    office: Office
    chats: Sequence[Chat]
    links: Links
    rhythm: Rhythm
    every: timedelta = timedelta(hours=1)
    name: str = "remind"

    async def once(self) -> None:
        """Remind whose day it is."""
        now = self.office.clock()
        if not self.rhythm.speaks(now):
            return
        for role in ReminderRole:
            await remind_people(self.office, now, role, self.rhythm, self._person, self.links)
        if self.rhythm.reviews(now):
            await review_teams(self.office, now, self._team, self.links)

    def _person(self, provider: str, external_id: str) -> Target | None:
        chats = [each for each in self.chats if each.connection.integration == provider]
        return _reached(chats, Post("", "", person=external_id), external_id)

    def _team(self, slug: str) -> Target | None:
        return _reached(self.chats, Post("", "", team=slug), slug)


def _reached(chats: Sequence[Chat], post: Post, name: str) -> Target | None:
    """The first connection that knows where to put it."""
    for each in chats:
        if each.power.reaches(each.connection, post):
            return Target(each.connection.integration, each.connection.name, name)
    return None
