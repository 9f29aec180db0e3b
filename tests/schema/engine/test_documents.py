"""Documents: refused before they cost anything, and kept within bounds."""

from collections.abc import Mapping

import pytest
from graphql import GraphQLSchema, get_introspection_query, parse
from graphql.language import FieldNode, FragmentDefinitionNode, FragmentSpreadNode, SelectionSetNode
from hypothesis import given
from hypothesis import strategies as st

from schema.engine import documents
from schema.engine.documents import Documents, Refused
from schema.engine.measure import Limits, Measure, Measuring

TWO_ROOTS = '{incidents{change} incidentUpdated(incident:"a"){id}}'


def bomb(levels: int) -> str:
    """Fragments that spread each other twice: 2 to the power of `levels` fields."""
    links = (f"fragment F{n} on Query{{...F{n + 1} ...F{n + 1}}}" for n in range(levels))
    return f"{{...F0}} {' '.join(links)} fragment F{levels} on Query{{__typename}}"


def chain(links: int) -> str:
    """Fragments that spread each other once."""
    made = (f"fragment F{n} on Query{{...F{n + 1}}}" for n in range(links))
    return f"{{...F0}} {' '.join(made)} fragment F{links} on Query{{__typename}}"


TOO_LARGE = {
    "a bomb of fragments": (bomb(22), "fields"),
    "a long chain of fragments": (chain(600), "fragments|levels"),
    "many fragments": (
        "{__typename}" + "".join(f"fragment F{n} on Query{{__typename}}" for n in range(400)),
        "fragments",
    ),
    "spreads of nothing": (
        f"{{{' '.join(f'...F{n}' for n in range(1000))}}}",
        "fragments",
    ),
    "depth 30": (f"{{a{'{a' * 29}{'}' * 30}", "levels"),
    "depth 2,000": (f"{{a{'{a' * 2000}{'}' * 2001}", "levels"),
    "nested inline fragments": (f"{{{'...{' * 1600}__typename{'}' * 1601}", "levels"),
    "nested lists": (f"{{nodes(ids:{'[' * 1500}{']' * 1500}){{id}}}}", "levels"),
    "150 aliases": (
        f"{{incidents{{{' '.join(f'a{n}:totalCount' for n in range(150))}}}}}",
        "aliases",
    ),
    "60 root fields": (f"{{{' '.join(f'a{n}:__typename' for n in range(60))}}}", "root fields"),
    "150 directives": (f"{{__typename {'@include(if:true)' * 150}}}", "directives"),
    "30 operations": ("".join(f"query Q{n}{{__typename}}" for n in range(30)), "operations"),
    "5,001 fields": (f"{{incidents{{{'totalCount ' * 5001}}}}}", "tokens"),
    "2,001 fields": (f"{{incidents{{{'totalCount ' * 2001}}}}}", "fields"),
    "one field 900 times": (f"{{incidents{{{'nodes{id} ' * 900}}}}}", "pairs"),
    "10 MB": ("{__typename}" + "#" * 10_000_000, "characters"),
    "comments": ("#\n" * 40_000 + "{__typename}", "tokens"),
}


@pytest.fixture
def never_validated(monkeypatch: pytest.MonkeyPatch) -> None:
    """Validation is what hostile documents make slow: one that is refused never reaches it."""

    def validate(*_: object, **__: object) -> None:
        raise AssertionError("it was validated")

    monkeypatch.setattr(documents, "validate", validate)


@pytest.mark.usefixtures("never_validated")
@pytest.mark.parametrize("what", TOO_LARGE)
def test_too_large_a_document_is_refused_before_it_is_validated(
    product: GraphQLSchema, what: str
) -> None:
    text, limit = TOO_LARGE[what]
    found = Documents(product).read(text)
    assert isinstance(found, Refused)
    assert found.too_large
    assert not found.syntax
    (error,) = found.errors
    assert error.message.endswith("Ask for less at once.")
    assert any(each in error.message for each in limit.split("|")), error.message


def test_a_bomb_is_measured_in_as_many_steps_as_it_has_fragments(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    steps = []
    measure = Measuring.measure

    def counting(self: Measuring, selections: SelectionSetNode) -> Measure:
        steps.append(selections)
        return measure(self, selections)

    monkeypatch.setattr(Measuring, "measure", counting)
    excess = Measuring(parse(bomb(60)), Limits()).excess()
    assert excess is not None
    assert excess.what == "fields"
    assert len(steps) == 62


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "Unexpected <EOF>"),
        ("{{{", "Expected Name"),
        ("{a", "Expected Name"),
        ('{node(id:"\\ud800"){id}}', "Invalid Unicode"),
        ("\0", "Unexpected character"),
    ],
)
def test_what_is_not_graphql_is_told_from_what_is_wrong(
    product: GraphQLSchema, text: str, message: str
) -> None:
    found = Documents(product).read(text)
    assert isinstance(found, Refused)
    assert found.syntax
    assert message in found.errors[0].message


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{nothing}", "Cannot query field 'nothing'"),
        (
            "{incidents(where: {severity: [SEV9]}) {totalCount}}",
            "does not exist in 'Severity' enum",
        ),
        ("{incidents(first: 99999999999) {totalCount}}", "Int"),
        ('{incidents(where: {declaredAfter: "then"}) {totalCount}}', "A DateTime is RFC 3339"),
        ("{...A} fragment A on Query {...A}", "within itself"),
        (
            "{incidents{nodes{...A}}} fragment A on Incident{services{incidents{nodes{...A}}}}",
            "within itself",
        ),
        ("{__typename} fragment A on Query {...B} fragment B on Query {...A}", "within itself"),
        (f"subscription {TWO_ROOTS}", "only one top level"),
        (f"subscription {{...A}} fragment A on Subscription {TWO_ROOTS}", "only one top level"),
        ("query A {__typename} query A {__typename}", "only one operation named"),
    ],
)
def test_what_does_not_fit_the_schema_is_refused_with_a_reason(
    product: GraphQLSchema, text: str, message: str
) -> None:
    found = Documents(product).read(text)
    assert isinstance(found, Refused)
    assert not found.syntax
    assert not found.too_large
    assert any(message in error.message for error in found.errors), found.errors


@pytest.mark.parametrize(
    "text",
    [
        get_introspection_query(
            descriptions=True,
            specified_by_url=True,
            directive_is_repeatable=True,
            schema_description=True,
            input_value_deprecation=True,
        ),
        f"{{incidents{{nodes{{{' '.join(f'a{n}:id' for n in range(40))}}}}}}}",
        f"{{incidents{{{'nodes{id} ' * 60}}}}}",
        bomb(9),
    ],
)
def test_what_clients_really_send_is_taken(product: GraphQLSchema, text: str) -> None:
    assert not isinstance(Documents(product).read(text), Refused)


def test_a_document_is_read_once_and_the_least_used_is_forgotten(product: GraphQLSchema) -> None:
    kept = Documents(product, kept=2)
    first = kept.read("{a: __typename}")
    second = kept.read("{b: __typename}")
    assert kept.read("{a: __typename}") is first
    kept.read("{c: __typename}")
    assert kept.read("{a: __typename}") is first
    assert kept.read("{b: __typename}") is not second


def test_kept_documents_are_bounded_by_their_length_too(product: GraphQLSchema) -> None:
    kept = Documents(product, kept_characters=40)
    first = kept.read("{aaaaaaaaaaaa: __typename}")
    assert kept.read("{aaaaaaaaaaaa: __typename}") is first
    kept.read("{bbbbbbbbbbbb: __typename}")
    assert kept.read("{aaaaaaaaaaaa: __typename}") is not first


# ── what is measured is what a naive expansion counts ────────────────────────

_NAMES = st.sampled_from("abcd")


def _selections(fragments: list[str]) -> st.SearchStrategy[str]:
    spreads = st.sampled_from(fragments).map("...{}".format) if fragments else st.nothing()
    directive = st.sampled_from(["", " @include(if: true)"])
    leaf = st.tuples(st.sampled_from(["", "x: ", "y: "]), _NAMES, directive).map("".join)

    def nested(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
        body = st.lists(inner, min_size=1, max_size=3).map(lambda parts: f"{{{' '.join(parts)}}}")
        return st.tuples(leaf | directive.map("...{}".format), body).map("".join)

    item = st.recursive(leaf | spreads, nested, max_leaves=6)
    return st.lists(item, min_size=1, max_size=4).map(lambda parts: f"{{{' '.join(parts)}}}")


@st.composite
def small_documents(draw: st.DrawFn) -> str:
    """A document whose fragments spread only those after them."""
    names = [f"F{n}" for n in range(draw(st.integers(0, 4)))]
    made = [
        f"fragment {name} on Q {draw(_selections(names[index + 1 :]))}"
        for index, name in enumerate(names)
    ]
    return " ".join([draw(_selections(names)), *made])


def expanded(
    selections: SelectionSetNode, fragments: Mapping[str, FragmentDefinitionNode]
) -> Measure:
    """The naive way: every spread is measured anew."""
    total = Measure()
    for node in selections.selections:
        total = total.beside(Measure(directives=len(node.directives or ())))
        if isinstance(node, FragmentSpreadNode):
            below = expanded(fragments[node.name.value].selection_set, fragments)
        else:
            inner: SelectionSetNode | None = node.selection_set  # type: ignore[attr-defined]
            below = expanded(inner, fragments) if inner else Measure()
        if isinstance(node, FieldNode):
            own = Measure(below.depth + 1, 1, 1 if node.alias else 0, 0)
            below = Measure(0, below.fields, below.aliases, below.directives).beside(own)
        total = total.beside(below)
    return total


@given(small_documents())
def test_the_measure_is_what_a_naive_expansion_counts(text: str) -> None:
    document = parse(text)
    operation, *fragments = document.definitions
    by_name = {each.name.value: each for each in fragments}  # type: ignore[attr-defined]
    selections: SelectionSetNode = operation.selection_set  # type: ignore[attr-defined]
    measuring = Measuring(document, Limits())
    assert measuring.measure(selections) == expanded(selections, by_name)  # type: ignore[arg-type]
    assert not measuring.cyclic
