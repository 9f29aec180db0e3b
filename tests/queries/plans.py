"""PostgreSQL's plans, and what they say of the tables that are read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from tests.queries.statements import Sent

Node = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Plan:
    """How PostgreSQL answers a statement."""

    root: Node

    @classmethod
    async def of(cls, pool: Any, sent: Sent, *options: str) -> Plan:
        """The plan of a statement for its arguments, with these options of EXPLAIN."""
        explain = f"explain ({', '.join(('format json', *options))}) {sent.sql}"
        (row,) = await pool.fetch(explain, *sent.arguments)
        return cls(orjson.loads(row[0])[0]["Plan"])

    def scanned_whole(self) -> set[str]:
        """The tables that are read from their beginning to their end."""
        return {
            node["Relation Name"]
            for node in _nodes(self.root)
            if node["Node Type"] in ("Seq Scan", "Parallel Seq Scan")
        }

    def rows_read(self) -> Mapping[str, float]:
        """How many rows were read of each table. Needs the option `analyze`."""
        read = Counter[str]()
        for node in _nodes(self.root):
            if "Relation Name" in node:
                each = node["Actual Rows"] + node.get("Rows Removed by Filter", 0)
                read[node["Relation Name"]] += each * node["Actual Loops"]
        return read


def _nodes(node: Node) -> Iterator[Node]:
    yield node
    below: Sequence[Node] = node.get("Plans", ())
    for each in below:
        yield from _nodes(each)
