"""What `gcm` does with what people give it, and when nobody is there."""

import json
import socket
from pathlib import Path

import pytest

from cli.output import printable
from cli.pledge.content import content as read
from shared.refusal import Refused
from tests.support.gcm import gcm

PLACES = {"GCM_URL_ISSUER": "http://127.0.0.1:1/realms/gcm", "GCM_URL_PLEDGES": "http://127.0.0.1:1"}


@pytest.fixture
def nowhere() -> str:
    """A port of this machine on which nobody listens."""
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{closed.getsockname()[1]}"


@pytest.mark.parametrize("words", [("pledge", "list"), ("pledge", "show", "1"), ("login", "--no-browser")])
def test_without_network_it_is_a_sentence_and_a_status_of_its_own(
    words: tuple[str, ...], nowhere: str, tmp_path: Path
) -> None:
    ended = gcm(
        *words, environment={"GCM_URL_ISSUER": nowhere, "GCM_URL_PLEDGES": nowhere, "GCM_STATE_DIR": str(tmp_path)}
    )
    assert (ended.returncode, ended.stdout, ended.stderr.count("\n")) == (4, "", 1), ended.stderr
    assert "does not answer" in ended.stderr


def test_with_json_an_error_is_json_too(nowhere: str) -> None:
    ended = gcm("pledge", "list", "--json", environment={"GCM_URL_PLEDGES": nowhere})
    assert (ended.returncode, ended.stdout) == (4, "")
    assert json.loads(ended.stderr)["status"] == 0


def test_who_is_not_signed_in_is_told_how(tmp_path: Path) -> None:
    for words in (("whoami",), ("pledge", "submit", "1")):
        ended = gcm(*words, environment={**PLACES, "GCM_STATE_DIR": str(tmp_path)})
        assert (ended.returncode, ended.stderr.count("\n")) == (3, 1), ended.stderr
        assert "`gcm login`" in ended.stderr


def test_a_draft_without_its_title_is_not_even_sent() -> None:
    ended = gcm("pledge", "new", "-", says="entity_id: veridia\n", environment=PLACES)
    assert (ended.returncode, ended.stderr) == (
        1,
        "Some fields need a change; nothing was sent.\n  title: Field required\n",
    )


def test_what_is_no_file_of_pledges_is_not_even_sent(tmp_path: Path) -> None:
    for words in (("import", str(tmp_path / "missing.csv")), ("export", str(tmp_path / "pledges.pdf"))):
        ended = gcm(*words, environment=PLACES)
        assert (ended.returncode, ended.stdout, ended.stderr.count("\n")) == (1, "", 1), ended.stderr


@pytest.mark.parametrize(
    "text", ['{"period": {"end": "2026"}, "review_cycle": null}', "period: {end: 2026}\nreview_cycle: null"]
)
def test_yaml_says_what_json_says(text: str, tmp_path: Path) -> None:
    file = tmp_path / "content"
    file.write_text(text)
    assert read(file) == {"period": {"end": "2026"}, "review_cycle": None}


@pytest.mark.parametrize("content", [b"[1]", b"words", b"{", b"a: [", b"\xff\xfe"])
def test_a_file_that_holds_no_fields_is_a_sentence(content: bytes, tmp_path: Path) -> None:
    file = tmp_path / "content.yaml"
    file.write_bytes(content)
    with pytest.raises(Refused, match=r"content\.yaml (cannot be read|holds no fields)"):
        read(file)
    with pytest.raises(Refused, match="cannot be read"):
        read(tmp_path / "missing.json")


def test_what_others_wrote_does_not_steer_the_terminal() -> None:
    assert printable("\x1b[2Jtitle \u202eelttit\x07\u0085") == "�[2Jtitle �elttit��"
    assert printable("عربي\u200c and\nlines\tstay") == "عربي\u200c and\nlines\tstay"
