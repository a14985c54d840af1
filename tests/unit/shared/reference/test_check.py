"""The check accepts the files as they are and names what is wrong with damaged ones."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import shared
from shared.reference import catalogue, check

PACKAGE = Path(shared.__file__).parent


def test_the_files_are_complete() -> None:
    assert check.problems() == []


def run(folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "shared.reference.check"], cwd=folder, capture_output=True, text=True, check=False
    )


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """The data folder of a copy of the package that a test may damage."""
    (tmp_path / "shared").mkdir()
    (tmp_path / "shared" / "__init__.py").touch()
    shutil.copytree(PACKAGE / "reference", tmp_path / "shared" / "reference")
    return tmp_path / "shared" / "reference" / "data"


def test_the_command_says_the_version(data: Path) -> None:
    done = run(data.parents[2])
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == f"Reference data {catalogue.VERSION}: complete.\n"


@pytest.mark.parametrize(
    ("file", "sound", "damaged", "sentence"),
    [
        ("declaration_2022.json", '"paragraph": 77', '"paragraph": 76', "¶1 to ¶77 in this order"),
        ("declaration_2022.json", "hold a plenary", "hold a\\n12 plenary", "¶77 is not a clean text"),
        ("declaration_2022.json", '"round_table": 4', '"round_table": 3', "¶45 stands under round table 4"),
        ("objectives.json", '"number": 7', '"number": 8', "The objective 8 has the code objective-7"),
        ("objectives.json", '"round_table": 4', '"round_table": 1', "Round table 1 has the objectives"),
        ("objectives.json", "Address and reduce", "Reduce", "English title of objective-7"),
        ("forms.json", '"Politique ou cadre juridique"', '""', "the label '' is not in the language fr"),
        ("forms.json", '"政策"', '"policy"', "not in the language zh"),
        ("forms.json", '"technical"', '"financial"', "forms.json has financial more than once"),
        ("barriers.json", '"Autre"', '"Autres"', 'The code "other" of BARRIERS is also in another list'),
        ("guiding_principles.json", "people-centred", "People-centred!", "is no code"),
        ("commitments.json", '"strength": "aim"', '"strength": "invite"', "¶52 does not say 'invite'"),
        ("states.csv", "DEU,DE,276,member_state", "DEU,DE,276,observer_state", "193 Member and 2 observer"),
        ("states.csv", "DEU,DE,276", "DEU,FR,276", "FR stands for two States"),
        ("states.csv", "Middle Africa,african", "Middle Africa,asia_pacific", "The regional groups have"),
        ("country_groups.json", '"iso3": "AGO"', '"iso3": "XXX"', "XXX in the group african is no State"),
        ("country_groups.json", '"until": "2026', '"since": "2027-01-01", "until": "2026', "before it joins"),
        ("milestones.json", '"2024-07-04"', '"2024-07-02"', "Milestone arab-2024 ends before it starts"),
        ("milestones.json", "Africa/Cairo", "Africa/Kairo", "is in no time zone"),
        ("milestones.json", '"reminders": true', '"reminders": false', "forums and plenaries only"),
        ("milestones.json", '"group": "arab"', '"group": null', 'regional_review of the group "None"'),
        ("milestones.json", '"cycle": "2022"', '"cycle": "2023"', "Milestone imrf-2022 is of no cycle"),
        ("review_cycles.json", "plenary-2024", "plenary-2025", "Cycle 2022 names no milestone: plenary-2025"),
    ],
)
def test_a_damaged_file_is_named_in_a_sentence(data: Path, file: str, sound: str, damaged: str, sentence: str) -> None:
    path = data / file
    before = path.read_text(encoding="utf-8")
    path.write_text(before.replace(sound, damaged, 1), encoding="utf-8")
    assert path.read_text(encoding="utf-8") != before
    done = run(data.parents[2])
    assert done.returncode == 1
    assert sentence in done.stderr
    assert "Traceback" not in done.stderr
