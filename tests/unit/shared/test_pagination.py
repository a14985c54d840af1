"""Cursors are opaque: what was changed, or belongs elsewhere, is refused by name."""

import base64
import contextlib
import hashlib
import json
from collections.abc import Callable
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.errors import Invalid
from shared.web import pagination


def _same(value: object) -> object:
    return value


POSITION = st.lists(st.one_of(st.text(), st.integers(), st.none()), max_size=4)


@given(POSITION, st.text())
def test_a_cursor_gives_back_its_position(position: list[object], scope: str) -> None:
    assert pagination.decode(pagination.encode(position, scope), scope, *[_same] * len(position)) == position


@given(POSITION, st.integers(0, 10_000), st.characters(codec="ascii"))
def test_a_changed_cursor_never_gives_another_position(position: list[object], place: int, character: str) -> None:
    cursor = pagination.encode(position, "pledges")
    place %= len(cursor)
    changed = cursor[:place] + character + cursor[place + 1 :]
    with contextlib.suppress(Invalid):  # base64 has a few bits to spare, whose change changes nothing
        assert pagination.decode(changed, "pledges", *[_same] * len(position)) == position


@pytest.mark.parametrize("cursor", ["", "x", "????", "AAAAAAAAAAAA", "é" * 20, "A" * 499])
def test_what_is_no_cursor_is_refused(cursor: str) -> None:
    with pytest.raises(Invalid, match="cursor"):
        pagination.decode(cursor, "pledges")


def test_a_cursor_of_another_list_is_refused() -> None:
    with pytest.raises(Invalid, match="cursor"):
        pagination.decode(pagination.encode(["2024"], "pledges?kind=common"), "pledges?kind=individual")


MADE_UP = [
    ["9999-12-31T23:59:59-14:00"],
    [1e400],
    ["x"],
    {},
    [],
    [1, 2],
    [None],
    ["2024-09-02T09:00:00"],
    [1 << 40],
    [-1],
    ["\x00"],
    [["a"]],
    7,
    None,
]


@pytest.mark.parametrize("position", MADE_UP)
@pytest.mark.parametrize("part", [pagination.number, pagination.timestamp, UUID, pagination.word])
def test_a_cursor_that_was_made_up_with_a_check_that_fits_is_refused(
    position: object, part: Callable[[str], object]
) -> None:
    payload = json.dumps(position).encode()
    check = hashlib.blake2s(payload + b"pledges", digest_size=8).digest()
    cursor = base64.urlsafe_b64encode(check + payload).decode()
    if part is pagination.word and position in (["x"], ["2024-09-02T09:00:00"], ["9999-12-31T23:59:59-14:00"]):
        return
    with pytest.raises(Invalid, match="cursor"):
        pagination.decode(cursor, "pledges", part)
