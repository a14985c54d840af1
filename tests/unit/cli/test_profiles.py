"""`gcm --profile`: each has its own login, and none reaches another's server."""

import json
from pathlib import Path

import pytest

from cli.connect import preferred, where
from cli.profiles import choose
from cli.signin.logins import Login, Logins
from shared.refusal import Refused
from tests.support.gcm import gcm

TRIAL = Login(
    "https://id.trial.example",
    {"pledges": "https://p.trial.example"},
    "local-token",
    0.0,
    "local-refresh",
    entity="veridia",
    language="fr",
)


@pytest.fixture
def state(tmp_path: Path) -> Path:
    """Where the profile `trial` has a login, and who chose none has not."""
    with Logins(tmp_path / "profiles" / "trial").change(TRIAL.issuer) as (_, save):
        save(TRIAL)
    return tmp_path


def test_the_chosen_one_says_where_for_whom_and_in_which_language(state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GCM_STATE_DIR", str(state))
    monkeypatch.setenv("GCM_LOCAL_DIR", str(state / "no-stack"))
    monkeypatch.setenv("GCM_PROFILE", "")
    choose("trial")
    assert (where().issuer, where().addresses) == (TRIAL.issuer, TRIAL.addresses)
    assert [preferred("entity", None), preferred("language", None), preferred("entity", "amina")] == [
        "veridia",
        "fr",
        "",
    ]
    for other in (None, "real"):
        choose(other)
        with pytest.raises(Refused, match="No service is known"):
            where()


def test_a_profile_never_falls_back_to_the_local_stack(state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def runs() -> None:
        raise AssertionError("the stack was asked")

    monkeypatch.setattr("cli.connect._of_stack", runs)
    monkeypatch.setenv("GCM_STATE_DIR", str(state))
    monkeypatch.setenv("GCM_PROFILE", "real")
    with pytest.raises(Refused, match="No service is known"):
        where()


def test_the_option_the_variable_and_the_list_agree(state: Path) -> None:
    places = {"GCM_STATE_DIR": str(state)}
    [listed] = json.loads(gcm("profiles", "--json", environment=places).stdout)
    assert listed == {
        "profile": "trial",
        "addresses": TRIAL.addresses,
        "issuer": TRIAL.issuer,
        "entity": "veridia",
        "language": "fr",
    }
    assert "https://p.trial.example  veridia  fr" in gcm("profiles", environment=places).stdout
    advise = ("pledge", "advise", "-")
    by_option = gcm("--profile", "trial", *advise, says="x: 1", environment=places)
    by_variable = gcm(*advise, says="x: 1", environment={**places, "GCM_PROFILE": "trial"})
    assert (
        by_option.stderr
        == by_variable.stderr
        == "Some fields need a change; nothing was sent.\n  title: Field required\n"
    )
    assert "No service is known" in gcm(*advise, says="x: 1", environment=places).stderr


def test_a_login_of_before_is_read(tmp_path: Path) -> None:
    kept = {"issuer": "https://id.example", "addresses": {}, "access_token": "local-a", "good_until": 0.0}
    (tmp_path / "logins.json").write_text(json.dumps([{**kept, "refresh_token": "local-r"}]))
    login = Logins(tmp_path).last()
    assert login is not None
    assert (login.entity, login.language) == ("", "")


@pytest.mark.parametrize("name", ["../other", "Trial", "-x", "a/b", "a" * 41, "é"])
def test_a_name_stays_in_its_folder(name: str) -> None:
    ended = gcm("profiles", environment={"GCM_PROFILE": name})
    assert (ended.returncode, ended.stderr.count("\n")) == (1, 1)
    assert "can be no profile" in ended.stderr
