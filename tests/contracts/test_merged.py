"""What a change is compared with, in real repositories."""

import subprocess
from pathlib import Path

import pytest

from cli import contracts
from cli.merged import BASE, Unreadable, merged

NOBODY = {"GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_NOSYSTEM": "1"}
SCHEMAS = "docs/contracts"


@pytest.fixture(autouse=True)
def _alone(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in NOBODY.items():
        monkeypatch.setenv(name, value)
    for name in (BASE, "GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"):
        monkeypatch.delenv(name, raising=False)


def git(place: Path, *arguments: str) -> str:
    who = ("-c", "user.name=test", "-c", "user.email=test@example.org", "-c", "protocol.file.allow=always")
    command = ["git", "-C", str(place), *who, *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603 - as each test writes it
    return done.stdout.strip()


def commit(place: Path, text: str) -> str:
    file = place / SCHEMAS / "schemas" / "a.v1.json"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)
    git(place, "add", "--all")
    git(place, "commit", "--quiet", "--message", text)
    return git(place, "rev-parse", "HEAD")


def text_of(place: Path) -> tuple[str, str]:
    found = merged(place / SCHEMAS)
    return found.says, found.files["schemas/a.v1.json"]


@pytest.fixture
def origin(tmp_path: Path) -> Path:
    place = tmp_path / "origin"
    place.mkdir()
    git(place, "init", "--quiet", "--initial-branch", "main")
    commit(place, "first")
    return place


@pytest.fixture
def clone(origin: Path, tmp_path: Path) -> Path:
    git(tmp_path, "clone", "--quiet", str(origin), "clone")
    return tmp_path / "clone"


def test_what_is_committed_on_a_branch_is_compared_with_where_it_left_the_main_branch(
    origin: Path, clone: Path
) -> None:
    left = git(clone, "rev-parse", "HEAD")
    git(clone, "switch", "--quiet", "--create", "topic")
    commit(clone, "second")
    commit(clone, "third")
    commit(origin, "meanwhile")
    git(clone, "fetch", "--quiet")
    assert text_of(clone) == (f"{left[:10]}, the merge base with origin/main", "first")


def test_nothing_is_asked_of_the_network(origin: Path, clone: Path) -> None:
    origin.rename(origin.with_name("away"))
    commit(clone, "second")
    assert text_of(clone)[1] == "first"


def test_a_main_branch_by_another_name_is_found(tmp_path: Path, origin: Path) -> None:
    git(origin, "branch", "--quiet", "--move", "trunk")
    git(tmp_path, "clone", "--quiet", str(origin), "clone")
    commit(tmp_path / "clone", "second")
    says, text = text_of(tmp_path / "clone")
    assert (says.partition(", ")[2], text) == ("the merge base with origin/trunk", "first")


def test_another_base_can_be_named(clone: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    second = commit(clone, "second")
    commit(clone, "third")
    monkeypatch.setenv(BASE, "HEAD~1")
    assert text_of(clone) == (f"{second[:10]}, the merge base with HEAD~1", "second")


@pytest.mark.parametrize("base", ["nowhere", "--all", "HEAD:docs"])
def test_a_base_that_does_not_exist_is_refused(clone: Path, monkeypatch: pytest.MonkeyPatch, base: str) -> None:
    monkeypatch.setenv(BASE, base)
    with pytest.raises(Unreadable, match=BASE):
        merged(clone / SCHEMAS)


def test_without_an_origin_it_is_the_last_commit(origin: Path) -> None:
    (origin / SCHEMAS / "schemas" / "a.v1.json").write_text("not committed")
    says, text = text_of(origin)
    assert (says.partition(", ")[2], text) == ("HEAD, since origin's main branch is not known here", "first")


def test_a_shallow_clone_says_what_it_cannot_see(tmp_path: Path, origin: Path) -> None:
    git(origin, "switch", "--quiet", "--create", "topic")
    commit(origin, "second")
    git(origin, "switch", "--quiet", "main")
    git(tmp_path, "clone", "--quiet", "--depth", "1", "--branch", "topic", f"file://{origin}", "clone")
    says, text = text_of(tmp_path / "clone")
    assert text == "second"
    assert "HEAD" in says
    assert "shallow clone" in says


def test_a_clone_too_shallow_for_the_merge_base_takes_the_tip_and_says_so(tmp_path: Path, origin: Path) -> None:
    commit(origin, "meanwhile")
    git(origin, "switch", "--quiet", "--create", "topic", "HEAD~1")
    commit(origin, "second")
    shallow = ("clone", "--quiet", "--depth", "1", "--no-single-branch", "--branch", "topic")
    git(tmp_path, *shallow, f"file://{origin}", "clone")
    git(tmp_path / "clone", "remote", "set-head", "origin", "main")
    says, text = text_of(tmp_path / "clone")
    assert text == "meanwhile"
    assert says.partition(", ")[2] == "the tip of origin/main: this clone is too shallow for their merge base"


def test_histories_with_nothing_in_common_are_compared_with_the_tip(clone: Path) -> None:
    git(clone, "switch", "--quiet", "--orphan", "other")
    commit(clone, "alone")
    says, text = text_of(clone)
    assert text == "first"
    assert says.endswith("the tip of origin/main: they have no commit in common")


def test_a_repository_without_a_commit_and_a_folder_without_a_repository_have_nothing_to_compare(
    tmp_path: Path,
) -> None:
    (tmp_path / "new" / SCHEMAS).mkdir(parents=True)
    assert merged(tmp_path / "new" / SCHEMAS).says == "nothing: this is no git repository"
    git(tmp_path / "new", "init", "--quiet")
    found = merged(tmp_path / "new" / SCHEMAS)
    assert (found.says, found.files) == ("nothing: there is no commit yet", {})


def test_without_git_the_comparison_is_refused(clone: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(clone))
    with pytest.raises(Unreadable, match="not installed"):
        merged(clone / SCHEMAS)


def test_the_check_fails_for_a_break_that_is_committed_already_and_says_with_what_it_compared(
    clone: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    wide, narrow = '{"type": "object", "properties": {}}', '{"type": "object", "properties": {"x": {}}}'
    base = commit(clone, narrow)
    git(clone, "push", "--quiet", "origin", "HEAD:refs/heads/next")
    git(clone, "branch", "--quiet", "--set-upstream-to", "origin/next")
    monkeypatch.setenv(BASE, "origin/next")
    commit(clone, wide)
    monkeypatch.setattr(contracts, "ROOT", clone / SCHEMAS)
    monkeypatch.setattr(contracts, "contracts", lambda: {"schemas/a.v1.json": wide})
    monkeypatch.setattr("sys.argv", ["contracts", "--check"])
    assert contracts.main() == 1
    shown = capsys.readouterr()
    assert shown.out == f"The contracts are compared with {base[:10]}, the merge base with origin/next.\n"
    assert shown.err.startswith("a.v1: x is gone. Its readers would break")
