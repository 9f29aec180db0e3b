"""A chat from `whychain.toml` to a timeline, and back into the chat."""

from datetime import UTC, datetime
from pathlib import Path

from tests.chat import room
from tests.house import eventually, serving

DECLARE = """mutation { declareIncident(input: {title: "It fails", severity: SEV2}) {
  incident { id } } }"""
TALK = """query ($id: ID!) { incident(id: $id) {
  channels { provider externalId name url since }
  timeline(kinds: [MESSAGE]) { nodes { body source actor { name } retracted } } } }"""
UNLINK = """mutation ($id: ID!) { unlinkChannel(
  input: {incident: $id, provider: "slack", channel: "C1"}) {
  incident { channels { externalId } } userErrors { code field } } }"""
LINK = UNLINK.replace("unlink", "link")
ITEM = """mutation ($incident: ID!, $owner: ID!, $due: Date!) { createActionItem(input: {
  incident: $incident, title: "Alert on a full pool", kind: MONITORING, owner: $owner, dueOn: $due
}) { actionItem { id } userErrors { message } } }"""
PERSON = """mutation { upsertPerson(input: {name: "Ada Lovelace", identities: [
  {provider: "slack", externalId: "U0ADA"}]}) { person { id } userErrors { message } } }"""


def _message(name: str, text: str) -> dict[str, str]:
    at = datetime.now(UTC).isoformat()
    return {
        "id": name, "at": at, "channel": "C1", "by": "U0ADA", "name": "Ada Lovelace", "text": text,
    }  # fmt: skip


async def test_a_chat_is_listened_to_and_spoken_to(database_url: str, tmp_path: Path) -> None:
    config = tmp_path / "whychain.toml"
    settings = {"module": "tests.chat_command", "config": str(config)}
    async with room() as there:
        config.write_text(
            f"""
            [[connection]]
            integration = "slack"
            name = "acme"
            base_url = "{there.vendor.url}"
            """
        )
        async with serving(database_url=database_url, **settings) as server:
            key = (await server(DECLARE))["declareIncident"]["incident"]["id"]
            there.messages.append(_message("m1", f"Ada Lovelace looks at {key}"))

            async def talk() -> list[dict[str, object]]:
                found = (await server(TALK, id=key))["incident"]["timeline"]["nodes"]
                return [each for each in found if not each["retracted"]]

            (entry,) = await eventually(talk)
            assert entry["body"] == f"Ada Lovelace looks at {key}"
            assert (entry["source"], entry["actor"]) == ("slack", {"name": "Ada Lovelace"})
            (channel,) = (await server(TALK, id=key))["incident"]["channels"]
            assert (channel["provider"], channel["externalId"]) == ("slack", "C1")
            payload = (await server(UNLINK, id=key))["unlinkChannel"]
            assert payload == {"incident": {"channels": []}, "userErrors": []}
            assert await talk() == []
            payload = (await server(LINK, id=key))["linkChannel"]
            assert payload["incident"]["channels"] == [{"externalId": "C1"}]
            assert len(await talk()) == 1
            ada = (await server(PERSON))["upsertPerson"]["person"]["id"]
            today = datetime.now(UTC).date().isoformat()
            await server(ITEM, incident=key, owner=ada, due=today)
        async with serving(database_url=database_url, review_hour="0", **settings):

            async def posted() -> object:
                return there.texts()

            ((to, text),) = await eventually(posted)
            assert to == "U0ADA"
            assert text.startswith("1 action item of yours is due:\n- Alert on a full pool: due")
