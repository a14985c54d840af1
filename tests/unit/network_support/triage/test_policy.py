"""A faulty assignment.yaml stops the service, and says the line."""

from pathlib import Path

import pytest

from services.network_support.triage.policy import FILE, load
from shared.policies import Faulty


@pytest.mark.parametrize(
    ("right", "wrong", "line", "says"),
    [
        ("most_open: 40 ", "most_opened: 40 ", 3, "most_opened"),
        ("automatic: true", "automatic: perhaps", 2, "automatic"),
        ("most_open: 40 ", "most_open: 0 ", 3, "most_open"),
        ("objective_specific_help", "objective_specific_halp", 12, "objective_specific_h"),
        ("match: [region, language]", "match: [regoin, language]", 15, "region"),
        ("match: [region]", "match: []", 17, "match"),
        ("- name: region\n", "- name: region and language\n", 10, "region and language"),
        ("only: {", "olny: {", 12, "olny"),
        ("soon_hours: 24", "soon_hours: [24", 0, "line"),
    ],
)
def test_a_typo_is_refused_with_its_line(tmp_path: Path, right: str, wrong: str, line: int, says: str) -> None:
    written = FILE.read_text("utf-8")
    assert right in written
    file = tmp_path / "assignment.yaml"
    file.write_text(written.replace(right, wrong, 1), "utf-8")
    with pytest.raises(Faulty) as caught:
        load(file)
    assert says in str(caught.value)
    assert not line or f"line {line}:" in str(caught.value)
