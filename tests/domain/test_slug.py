"""Slugs that are made of names."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.domain.catalog import check_slug
from server.domain.slug import slugify, slugs


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("API Service", "api-service"),
        ("  Café — Überweisung ", "cafe-uberweisung"),
        ("日本", "service"),
        ("", "service"),
        ("--a--", "a"),
    ],
)
def test_a_name_becomes_a_slug(name: str, slug: str) -> None:
    assert slugify(name) == slug


@given(name=st.text(max_size=200), owner=st.none() | st.text(max_size=200))
def test_every_slug_is_one_that_a_person_could_give(name: str, owner: str | None) -> None:
    tried = list(slugs(name, owner))
    assert [problem for slug in tried for problem in check_slug(slug)] == []


def test_the_owner_is_tried_before_numbers() -> None:
    tried = slugs("shop", "Acme")
    assert [next(tried) for _ in range(3)] == ["shop", "shop-acme", "shop-acme-2"]
