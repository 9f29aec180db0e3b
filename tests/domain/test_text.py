"""Texts, addresses, and what names may be."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.domain.catalog import check_email, check_provider, check_repository, check_slug
from server.domain.slug import slugify
from server.domain.text import check_bounds, check_text, check_url, storable
from server.errors import ErrorCode


@given(st.text(max_size=30))
def test_what_is_storable_is_utf8_without_nul(text: str) -> None:
    try:
        encoded = text.encode()
    except UnicodeEncodeError:
        assert not storable(text)
    else:
        assert storable(text) == (b"\0" not in encoded)


@pytest.mark.parametrize("text", ["\0", "a\0b", "\ud800", "x\udfff", "é\0"])
def test_what_postgresql_cannot_hold_is_refused(text: str) -> None:
    (problem,) = check_bounds(text, 10, "body")
    assert (problem.code, problem.field) == (ErrorCode.INVALID, ("body",))


def test_a_text_has_bounds() -> None:
    assert check_text("a" * 10, 10) == check_bounds("", 10) == ()
    assert [problem.code for problem in check_text("a" * 11, 10)] == [ErrorCode.TOO_MANY]
    assert [problem.code for problem in check_text("\n\t ", 10)] == [ErrorCode.INVALID]


@pytest.mark.parametrize(
    "url",
    [
        None,
        "https://example.com",
        "HTTP://example.com:8080/a?b=c#d",
        "http://[::1]/",
        "https://münchen.example/ö",
        "https://example.com?next=@home",
    ],
)
def test_an_address_leads_to_a_page(url: str | None) -> None:
    assert check_url(url) == ()


@pytest.mark.parametrize(
    "url",
    [
        "",
        "example.com",
        "javascript:alert(1)//https://example.com",
        "data:text/html,x",
        "https://",
        "https:///path",
        "https://example.com/a b",
        "https://example.com/\nx",
        "https://example.com/\0",
        "https://bank.example@evil.example/",
        " https://example.com",
    ],
)
def test_other_addresses_are_refused(url: str) -> None:
    assert [problem.code for problem in check_url(url, "url")] == [ErrorCode.INVALID]


@given(st.text(max_size=80))
def test_every_slug_that_is_made_is_a_slug(name: str) -> None:
    assert check_slug(slugify(name)) == ()


@pytest.mark.parametrize(
    ("check", "good", "bad"),
    [
        (check_slug, "a-1", ["", "A", "-a", "a_b", "a" * 64, "ä"]),
        (check_repository, "acme/shop.js", ["", "shop", "/shop", "acme/", "a/b/c", "a/b c"]),
        (check_email, "ada+x@example.com", ["", "ada", "@example.com", "a@b@c", "a @b", "a@\0"]),
        (check_provider, "github", ["", "GitHub", "git hub", "-x"]),
    ],
)
def test_names_have_shapes(check: object, good: str, bad: list[str]) -> None:
    assert callable(check)
    assert check(good, "f") == ()
    assert all(check(each, "f")[0].field == ("f",) for each in bad)
