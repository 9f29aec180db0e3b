"""The protocol's laws, without a socket: no frame, however strange, can do more than close it."""

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from server.web.graphql_ws import (
    MAX_OPERATIONS,
    Closed,
    Initialise,
    Protocol,
    Reply,
    Start,
    Step,
    Stop,
    Subscribe,
    complete_frame,
    error_frame,
    next_frame,
)

JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda children: st.lists(children) | st.dictionaries(st.text(), children),
    max_leaves=10,
)
TYPES = ["connection_init", "ping", "pong", "subscribe", "complete", "next", "error"]
ALMOST_MESSAGES = st.fixed_dictionaries(
    {"type": st.sampled_from(TYPES)},
    optional={
        "id": st.sampled_from(["1", "2", ""]) | JSON_VALUES,
        "payload": st.fixed_dictionaries({"query": st.text()}) | JSON_VALUES,
    },
)
FRAMES = st.one_of(
    st.text(), st.binary(), JSON_VALUES.map(json.dumps), ALMOST_MESSAGES.map(json.dumps)
)


def step_or_close(protocol: Protocol, frame: str | bytes) -> Step | Closed:
    try:
        return protocol.receive(frame)
    except Closed as closed:
        return closed


@given(st.lists(FRAMES, max_size=30), st.booleans())
def test_any_frames_give_steps_or_close(frames: list[str | bytes], welcome: bool) -> None:
    protocol = Protocol()
    if welcome:
        protocol.receive('{"type":"connection_init"}')
        protocol.acknowledge()
    for frame in frames:
        outcome = step_or_close(protocol, frame)
        if isinstance(outcome, Closed):
            assert len(outcome.reason.encode()) <= 123
            return
        assert isinstance(outcome, Initialise | Subscribe | Stop | Reply | None)
        assert isinstance(outcome, Subscribe) <= protocol.acknowledged


@given(
    st.lists(st.sampled_from(["subscribe", "complete", "finish", "end"]), max_size=300), st.data()
)
def test_no_more_than_the_limit_is_ever_unended(moves: list[str], data: st.DataObject) -> None:
    protocol = Protocol(initialised=True, acknowledged=True)
    unended: list[Start] = []
    for number, move in enumerate(moves):
        if move == "subscribe":
            payload = {"query": "{ a }"}
            frame = json.dumps({"type": "subscribe", "id": f"{number:05}", "payload": payload})
            full = len(unended) == MAX_OPERATIONS
            step = protocol.receive(frame)
            assert isinstance(step, Reply if full else Subscribe)
            unended += [step.start] if isinstance(step, Subscribe) else []
        elif unended:
            start = data.draw(st.sampled_from(unended))
            took = start.id in protocol.running
            if move == "complete":
                frame = json.dumps({"type": "complete", "id": start.id})
                assert protocol.receive(frame) == (Stop(start) if took else None)
            elif move == "finish":
                assert protocol.finish(start) is took
            else:
                protocol.end(start)
                unended.remove(start)
            assert start.id not in protocol.running
        assert set(protocol.running.values()) <= set(unended)
        assert protocol.unended == len(unended) <= MAX_OPERATIONS


@given(st.text(min_size=1), JSON_VALUES.filter(lambda value: value == value))
def test_frames_of_the_server_are_json_around_the_bytes_of_a_result(id_: str, result: Any) -> None:
    start = Start(id_.encode("utf-8", "replace").decode())
    encoded = json.dumps(result).encode()
    frames = next_frame(start, encoded), error_frame(start, encoded), complete_frame(start)
    assert [json.loads(frame)["type"] for frame in frames] == ["next", "error", "complete"]
    assert all(json.loads(frame)["id"] == start.id for frame in frames)
    assert encoded in frames[0]
    assert encoded in frames[1]
