"""Faults of policy files are said with file, line and remedy."""

from datetime import date
from pathlib import Path

import pytest
from pydantic import BaseModel, ConfigDict, Field, RootModel

from shared import policies
from shared.policies import Faulty


class Weights(BaseModel):
    model_config = ConfigDict(extra="forbid")

    region: int = Field(ge=0)
    language: int = 1


class Rule(BaseModel):
    model_config = ConfigDict(extra="forbid")

    since: date
    weights: Weights


class Rules(RootModel[dict[str, list[Rule]]]):
    pass


GOOD = """# a comment
first:
  - since: 2026-01-01
    weights:
      region: 1
second: []
"""


def test_a_file_in_order_is_read(tmp_path: Path) -> None:
    read = policies.load(_file(tmp_path, GOOD), Rules).root
    assert (read["first"][0].since, read["first"][0].weights.region, read["second"]) == (date(2026, 1, 1), 1, [])


@pytest.mark.parametrize(
    ("changed", "line", "said"),
    [
        (("region: 1", "regoin: 1"), 5, "regoin is not known here. Did you mean region?"),
        (("region: 1", "region: 1\n      zebra: 1"), 6, "zebra is not known here. Known are language, region."),
        (("region: 1", "language: 1"), 4, "first.0.weights.region is missing; write it."),
        (("region: 1", "region: -1"), 5, "first.0.weights.region input should be greater than or equal to 0."),
        (("region: 1", "region: many"), 5, "first.0.weights.region input should be a valid integer"),
        (("region: 1", "region: 1\n      region: 2"), 6, "region stands in line 5 already; keep one of the two."),
        (("2026-01-01", "2026-02-30"), 3, "2026-02-30 is not possible (day is out of range for month); correct it."),
        (("second: []", "second: nothing"), 6, "second input should be a valid list."),
        (("second: []", "? [a]\n: 1"), 6, "a name is expected here"),
        (("second: []", "second: [1"), 7, "is not YAML"),
        (("second: []", "second: !!python/object:os.system x"), 6, "is not YAML"),
        (("region: 1", "region: !!bool maybe"), 5, "maybe is not possible; correct it."),
        (("region: 1", "region: !!int ''"), 5, "is not possible; correct it."),
        (("2026-01-01", "!!timestamp soon"), 3, "soon is not possible; correct it."),
        (("2026-01-01", "!!float many"), 3, "many is not possible (could not convert string to float: 'many')"),
        (("region: 1", "!!int region: 1"), 5, "region is not possible"),
        (("second: []", "!!bool second: []"), 6, "second is not possible; correct it."),
        (("second: []", "second: !!seq x"), 6, "is not YAML (expected a sequence node, but found scalar)"),
        (("region: 1", "region: &all [*all]"), 5, "it contains itself; write it out."),
    ],
)
def test_faults_are_found_by_their_line(tmp_path: Path, changed: tuple[str, str], line: int, said: str) -> None:
    file = _file(tmp_path, GOOD.replace(*changed))
    with pytest.raises(Faulty) as refused:
        policies.load(file, Rules)
    first = str(refused.value).splitlines()[0]
    assert first.startswith(f"{file}, line {line}: ")
    assert said in str(refused.value)


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ("[" * 4000, "line 1: is nested too deeply"),
        ("first: &a []\nsecond: [*a, *a]", "line 2: is an alias"),
        ("first: [", "is not YAML"),
        ("first: 1", "line 1: first input should be a valid list"),
    ],
)
def test_a_text_that_was_sent_in_place_of_a_file(tmp_path: Path, sent: str, said: str) -> None:
    with pytest.raises(Faulty) as refused:
        policies.load(tmp_path / "policy.yaml", Rules, text=sent)
    assert said in str(refused.value)


def test_every_fault_is_said_at_once(tmp_path: Path) -> None:
    with pytest.raises(Faulty) as refused:
        policies.load(_file(tmp_path, GOOD.replace("region: 1", "regoin: 1").replace("since", "sicne")), Rules)
    assert [line.split(": ")[0].rpartition(" ")[2] for line in str(refused.value).splitlines()] == ["3", "5"]


@pytest.mark.parametrize("content", [b"", b"# nothing but a comment\n"])
def test_an_empty_file_is_an_empty_mapping(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "policy.yaml"
    file.write_bytes(content)
    assert policies.load(file, Rules).root == {}


@pytest.mark.parametrize(
    ("content", "said"),
    [(b"\xff\xfe\x00", "is not text in UTF-8"), (b"a: \x00", "is not YAML"), (None, "there is no such file")],
)
def test_files_that_cannot_be_read(tmp_path: Path, content: bytes | None, said: str) -> None:
    file = tmp_path / "policy.yaml"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(Faulty, match=said):
        policies.load(file, Rules)


def test_a_fault_that_shows_later_has_its_line_too(tmp_path: Path) -> None:
    file = _file(tmp_path, GOOD)
    assert str(policies.fault(file, ("first", 0, "weights"), "does not add up.")) == f"{file}, line 4: does not add up."


def _file(folder: Path, content: str) -> Path:
    file = folder / "policy.yaml"
    file.write_text(content, "utf-8")
    return file
