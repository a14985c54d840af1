"""What `gcm login` keeps: for its owner only, one writer at a time, never half, never lost to a full disk."""

import stat
from dataclasses import replace
from pathlib import Path

import pytest

from cli.connect import where
from cli.problems import NotSignedIn
from cli.signin.logins import Login, Logins
from cli.signin.provider import require_safe
from shared.refusal import Refused
from tests.support.gcm import gcm

HERE = Login("https://here.example", {"pledges": "https://p.here.example"}, "local-token", 0.0, "local-refresh")
THERE = replace(HERE, issuer="https://there.example", addresses={"pledges": "https://p.there.example"})


def _keep(logins: Logins, login: Login) -> None:
    with logins.change(login.issuer) as (_, save):
        save(login)


@pytest.fixture
def logins(tmp_path: Path) -> Logins:
    return Logins(tmp_path / "state")


def test_the_file_is_for_its_owner_only(logins: Logins, tmp_path: Path) -> None:
    _keep(logins, HERE)
    modes = {
        path.name: stat.S_IMODE(path.stat().st_mode) for path in [tmp_path / "state", tmp_path / "state/logins.json"]
    }
    assert modes == {"state": 0o700, "logins.json": 0o600}
    assert sorted(path.name for path in (tmp_path / "state").iterdir()) == ["lock", "logins.json"]


def test_each_address_of_sign_in_has_its_own_and_the_newest_is_last(logins: Logins) -> None:
    assert logins.last() is None
    for login in (HERE, THERE, replace(HERE, access_token="local-newer")):
        _keep(logins, login)
    assert (logins.of(THERE.issuer), logins.last()) == (THERE, replace(HERE, access_token="local-newer"))
    with logins.change(HERE.issuer) as (known, save):
        assert known is not None
        save(None)
    assert (logins.of(HERE.issuer), logins.last()) == (None, THERE)


def test_a_change_that_fails_leaves_all_as_it_was(logins: Logins, tmp_path: Path) -> None:
    _keep(logins, HERE)
    with pytest.raises(NotSignedIn), logins.change(HERE.issuer):
        raise NotSignedIn("expired")
    assert logins.of(HERE.issuer) == HERE
    assert not (tmp_path / "state" / "logins.draft").exists()


def test_a_full_disk_is_found_before_the_refresh_token_is_used_up(logins: Logins, tmp_path: Path) -> None:
    _keep(logins, HERE)
    places = {"GCM_URL_ISSUER": HERE.issuer, "GCM_URL_PLEDGES": "https://p.here.example"}
    places["GCM_STATE_DIR"] = str(tmp_path / "state")
    ended = gcm("whoami", file_size=1024, environment=places)
    assert (ended.returncode, ended.stderr.count("\n")) == (1, 1)
    assert ended.stderr.startswith("The disk is full")
    assert logins.of(HERE.issuer) == HERE


def test_a_damaged_file_is_named(logins: Logins, tmp_path: Path) -> None:
    _keep(logins, HERE)
    (tmp_path / "state" / "logins.json").write_text('[{"issuer": 1}]')
    with pytest.raises(Refused, match=r"logins\.json is damaged: remove it"):
        logins.last()


def test_addresses_come_from_the_environment_then_from_the_last_login(
    logins: Logins, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GCM_STATE_DIR", str(tmp_path / "state"))
    monkeypatch.setenv("GCM_LOCAL_DIR", str(tmp_path / "no-stack"))
    with pytest.raises(Refused, match="No service is known"):
        where()
    _keep(logins, HERE)
    assert (where().issuer, where().addresses) == (HERE.issuer, HERE.addresses)
    monkeypatch.setenv("GCM_URL_PLEDGES", "https://p.other.example")
    assert where().addresses == {"pledges": "https://p.other.example"}


@pytest.mark.parametrize(
    "address", ["http://pledges.example", "ftp://localhost", "http://localhost.example", "pledges"]
)
def test_tokens_leave_the_machine_encrypted_only(address: str) -> None:
    with pytest.raises(Refused, match="begin with https://"):
        require_safe(address)


@pytest.mark.parametrize(
    "address", ["https://pledges.example", "http://localhost:1", "http://127.0.0.2", "http://[::1]:8"]
)
def test_addresses_that_are_safe(address: str) -> None:
    require_safe(address)
