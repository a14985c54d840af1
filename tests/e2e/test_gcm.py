"""`gcm` on the running stack: the walk that it gives, what it says of the stack's health, dead letters, sign-in."""

import asyncio
import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from shared.messaging import kafka
from tests.support.browser_less import sign_in
from tests.support.files import PDF
from tests.support.gcm import Ended, gcm
from tests.support.stack import Person, Stack, environment, eventually

pytestmark = pytest.mark.timeout(900)  # the stack is started for whoever comes first


def run(stack: Stack, *words: str, state: Path | None = None, **more: Any) -> Ended:
    places = {"GCM_LOCAL_DIR": str(stack.folder)} | ({"GCM_STATE_DIR": str(state)} if state else {})
    return gcm(*words, environment=places, **more)


def said(stack: Stack, *words: str) -> Any:
    """The JSON that a command prints, whatever its exit status."""
    return json.loads(run(stack, *words, "--json").stdout)


@pytest.fixture
def clock(stack: Stack) -> Iterator[None]:
    """Others find business time as they left it."""
    was = said(stack, "clock", "show")["business"]
    yield
    stack.set_clock(was)


@pytest.mark.usefixtures("clock")
def test_the_walk_can_be_taken_twice(stack: Stack) -> None:
    first = run(stack, "demo", "--no-pause")
    assert first.returncode == 0, first.stderr
    assert re.findall(r"^([a-f])\. ", first.stdout, re.MULTILINE) == list("abcdef")
    assert "Public history: published." in first.stdout
    assert "its revision is the same as before" in first.stdout
    assert "Veridia has reported, so its pledge was reminded of 0 times." in first.stdout
    steps = {step["step"]: step for step in said(stack, "demo")}
    mails = [(mail["to"].partition("@")[0], mail["template"]) for step in steps.values() for mail in step["mails"]]
    assert [mails.count(one) for one in (("amina", "pledge_published"), ("noor", "support_requested"))] == [1, 1]
    assert [line for line in steps["f"]["happened"] if "-90 days: skipped (overdue)" in line]
    for mail in steps["b"]["mails"]:
        assert stack.http.get(mail["page"]).status_code == 200


def test_until_now_no_process_has_ended_by_itself(stack: Stack) -> None:
    log = (stack.folder / "logs" / "supervisor.log").read_text()
    assert [line for line in log.splitlines() if "ended (status 1)" in line] == []


def test_status_says_that_all_is_well_and_what_is_wrong(stack: Stack) -> None:
    eventually(lambda: run(stack, "status").stdout.endswith("All is well.\n"))
    relay = stack.process_of("pledges-relay")
    assert relay is not None
    os.kill(relay["pid"], signal.SIGSTOP)
    try:
        ill = run(stack, "status", "--json")
    finally:
        os.kill(relay["pid"], signal.SIGCONT)
    assert ill.returncode == 1
    found = json.loads(ill.stdout)
    assert found["wrong"][0].startswith("pledges-relay: does not answer")
    assert [one["name"] for one in found["processes"] if one["wrong"]] == ["pledges-relay"]
    assert all(one["memory"] > 5 for one in found["processes"])
    assert found["services"]["notifications"].keys() == {
        "oldest_unpublished_s",
        "lags",
        "dead_letters",
        "abandoned_mail_s",
    }


async def _send_poison(bootstrap: str) -> str:
    event_id = str(uuid4())
    headers = {
        "ce_id": event_id,
        "ce_source": "tests",
        "ce_type": "request.received.v1",
        "ce_time": "2024-09-02T09:00:00Z",
    }
    producer = kafka.producer(bootstrap)
    await producer.start()
    try:
        encoded = [(name, value.encode()) for name, value in headers.items()]
        await producer.send_and_wait("gcm.support.workflow", key=b"poison", value=b"{no JSON", headers=encoded)
    finally:
        await kafka.close(producer)
    return event_id


def test_a_dead_letter_is_seen_retried_and_discarded(stack: Stack) -> None:
    event_id = asyncio.run(_send_poison(stack.addresses["kafka"]))

    def waiting() -> list[dict[str, Any]]:
        found = said(stack, "dead-letters", "list", "notifications")
        return [one for one in found if one["headers"]["ce_id"] == event_id]

    [letter] = eventually(waiting)
    assert (letter["value"], letter["key"], letter["consumer"]) == ("{no JSON", "poison", "support_mails")
    shown = run(stack, "dead-letters", "show", "notifications", str(letter["number"]))
    assert f"reason: {letter['reason']}\n" in shown.stdout
    again = run(stack, "dead-letters", "retry", "notifications", str(letter["number"]))
    assert "a dead letter again" in again.stdout
    [newer] = waiting()
    assert (newer["replays"], newer["number"] > letter["number"]) == (1, True)
    assert run(stack, "status").returncode == 1
    number = str(newer["number"])
    done = run(stack, "dead-letters", "discard", "notifications", number, "--reason", "sent by a test")
    assert done.returncode == 0, done.stderr
    assert waiting() == []
    [kept] = [one for one in said(stack, "dead-letters", "list", "--all") if one["number"] == newer["number"]]
    assert (kept["became"]["outcome"], kept["became"]["says"]) == ("discarded", "sent by a test")
    twice = run(stack, "dead-letters", "discard", "notifications", number, "--reason", "again")
    assert (twice.returncode, twice.stderr) == (1, f"Dead letter {number} was dealt with already: discarded.\n")


def test_who_signs_in_by_device_is_known_until_they_sign_out(stack: Stack, tmp_path: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "cli.main", "login", "--no-browser", "--language", "es"],
        env=environment(stack.folder) | {"GCM_STATE_DIR": str(tmp_path)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr is not None
    address = process.stderr.readline().removeprefix("Open ").strip()
    sign_in(address, "amina", stack.says()["persona_password"])
    assert process.communicate(timeout=60)[0] == "Signed in as Amina Demo.\n"
    assert "focal_point of veridia" in run(stack, "whoami", state=tmp_path).stdout
    assert run(stack, "pledge", "list", "--mine", state=tmp_path).returncode == 0
    advice = run(stack, "pledge", "advise", "-", "--json", state=tmp_path, says="title: Documents")
    assert json.loads(advice.stdout)["language"] == "es", advice.stderr
    assert run(stack, "logout", state=tmp_path).stdout == "Signed out.\n"
    assert run(stack, "whoami", state=tmp_path).returncode == 3


def test_what_is_public_needs_no_sign_in(stack: Stack) -> None:
    [first] = said(stack, "pledge", "list", "--limit", "1")
    shown = run(stack, "pledge", "show", first["pledge_id"])
    assert shown.stdout.startswith(first["title"] + "\n"), shown.stderr


def test_a_pledge_is_written_at_the_terminal(stack: Stack) -> None:
    draft = "title: At the terminal\nperiod: {end: 2026}\n"
    new = ("pledge", "new", "-", "--entity", "veridia", "--as", "amina", "--json")
    made = json.loads(run(stack, *new, says=draft).stdout)
    refused = run(stack, "pledge", "submit", made["pledge_id"], "--as", "amina")
    assert refused.returncode == 1
    assert "  objectives: is needed for submission → name at least one" in refused.stderr
    whole = draft + "description: Words\nobjectives: [objective-4]\nforms: [process]\n"
    assert run(stack, "pledge", "save", made["pledge_id"], "-", "--as", "amina", says=whole).returncode == 0
    sent = run(stack, "pledge", "submit", made["pledge_id"], "--as", "amina")
    assert "submitted" in sent.stdout, sent.stderr
    assert made["pledge_id"] in run(stack, "pledge", "list", "--submissions", "--as", "noor").stdout
    other = run(stack, "pledge", "show", made["pledge_id"], "--working-copy", "--as", "kofi")
    assert (other.returncode, other.stdout) == (1, "")


AS_AMINA = ("--as", "amina")
WHOLE = """title: Documents at the terminal
description: Veridia will issue identity documents at twelve posts, up from four, by 2026.
objectives: [objective-4]
forms: [process]
period: {end: 2026}
targets: [{what: Posts at the terminal, unit: posts, baseline: 4, value: 12, by: 2026}]
money: [{amount: 2000000, currency: EUR, bound: up_to}]
"""


@pytest.fixture
def published(stack: Stack, noor: Person, tmp_path: Path) -> Iterator[str]:
    """A pledge that was written, advised on, given a file and submitted at the terminal."""
    file = tmp_path / "pledge.yaml"
    file.write_text(WHOLE)
    advice = run(stack, "pledge", "advise", str(file), "--entity", "veridia", "--language", "fr", *AS_AMINA, "--json")
    assert (advice.returncode, json.loads(advice.stdout)["language"]) == (0, "fr"), advice.stderr
    made = said(stack, "pledge", "new", str(file), *AS_AMINA)["pledge_id"]
    (tmp_path / "plan.pdf").write_bytes(PDF)
    sent = said(stack, "pledge", "attach", made, str(tmp_path / "plan.pdf"), *AS_AMINA)
    assert said(stack, "pledge", "submit", made, *AS_AMINA)["content"]["attachment"] == sent["attachment_id"]
    etag = noor.get("pledges", f"/pledges/{made}/working-copy").headers["etag"]
    closing = noor.post("pledges", f"/pledges/{made}/publish", seen=etag)
    assert closing.is_success, closing.text
    yield made
    closed = noor.post("pledges", f"/pledges/{made}/close", {"reason": "withdrawn"}, seen=closing.headers["etag"])
    assert closed.is_success, closed.text  # what other tests count must not depend on it


def test_how_it_goes_is_said_and_seen_at_the_terminal(stack: Stack, published: str) -> None:
    report = ("pledge", "report", published, *AS_AMINA)
    too_early = run(stack, *report, "--no-change")
    assert (too_early.returncode, "no_change: there is no report yet" in too_early.stderr) == (1, True)
    values = ("--status", "in_progress", "--value", "Posts at the terminal=8 posts", "--paid", "500000 EUR", "--stuck")
    first = said(stack, *report, *values, "--evidence", "https://mfa.veridia.example/posts")
    assert (first["stuck"], first["level"]) == (True, "evidenced")
    corrected = (*values[:3], "Posts at the terminal=7 posts", *values[4:6])
    assert said(stack, *report, *corrected, "--corrects", "1")["corrects"] == 1
    assert run(stack, *report, "--no-change").stdout.startswith("Report 3 is recorded: in_progress, ")
    shown = run(stack, "pledge", "status", published).stdout
    assert "reports: 3; evidence: " in shown
    assert "Money pledged: up to 2,000,000 EUR; paid: 500,000 EUR\n" in shown
    assert re.search(r"^2 +7 posts +37 % +Posts at the terminal$", shown, re.MULTILINE), shown
    [target] = said(stack, "pledge", "status", published)["targets"]
    assert (target["report"], target["value"], float(target["share"])) == (2, "7", 0.375)


def test_advice_on_what_is_saved_blocks_nothing(stack: Stack) -> None:
    draft = said(stack, "pledge", "new", "--title", "Thin at the terminal", *AS_AMINA)
    advice = run(stack, "pledge", "advise", draft["pledge_id"], *AS_AMINA)
    assert (advice.returncode, advice.stderr) == (0, "")
    assert re.search(r"^  \[needed\] description: ", advice.stdout, re.MULTILINE), advice.stdout
    status = run(stack, "pledge", "status", draft["pledge_id"], *AS_AMINA)
    assert "Veridia; draft, revision 1" in status.stdout, status.stderr
