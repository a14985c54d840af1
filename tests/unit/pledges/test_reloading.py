"""Reference data that changes, and people who change it too."""

from services.pledges.reloading import merged


def test_what_nobody_touched_follows_the_reference_data() -> None:
    assert merged({"name": "Turkey"}, {"name": "Turkey"}, {"name": "Türkiye"}) == {"name": "Türkiye"}


def test_what_people_changed_stays() -> None:
    assert merged({"name": "Turkey"}, {"name": "Our own"}, {"name": "Türkiye"}) == {"name": "Our own"}


def test_each_field_by_itself() -> None:
    last, present, new = {"a": 1, "b": 1}, {"a": 1, "b": 2}, {"a": 3, "b": 3}
    assert merged(last, present, new) == {"a": 3, "b": 2}


def test_a_row_that_people_made_is_theirs() -> None:
    assert merged(None, {"name": "Ours"}, {"name": "Theirs"}) == {"name": "Ours"}


def test_a_field_that_the_reference_data_did_not_have_is_left_alone() -> None:
    assert merged({}, {"name": "Ours"}, {"name": "New"}) == {"name": "Ours"}
