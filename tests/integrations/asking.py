"""Asking a fake as the shipped suite does: once, with the credential that the plugin makes."""

from integrations.contract import Authorises, Connection
from integrations.testing import listening
from integrations.testing.road import Road


async def asking(plugin: Authorises, connection: Connection) -> Road:
    """The way to the fake that the connection is to."""
    bare = listening(connection.base_url).http
    given = await plugin.authorise(connection, bare)
    return Road(bare, {name: each.value for name, each in given.headers.items()})
