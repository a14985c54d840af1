"""`gcm login` against the real Keycloak: device flow, refresh tokens that rotate, and the end of a login."""

import asyncio
from dataclasses import asdict, replace
from pathlib import Path

import httpx
import pytest

from cli.connect import _own_token
from cli.problems import Away
from cli.signin.logins import Login, Logins
from cli.signin.provider import Provider, Tokens
from shared.refusal import Refused
from tests.support.browser_less import sign_in
from tests.support.gcm import gcm
from tests.support.keycloak import Keycloak
from tests.support.parts import PASSWORD


async def signed_in(keycloak: Keycloak, persona: str = "amina") -> Tokens:
    """The person signs in in the first pause between two questions."""
    async with httpx.AsyncClient() as http:
        provider = Provider(keycloak.issuer, http)
        invitation = await provider.invite()

        async def meanwhile(_: float) -> None:
            await asyncio.to_thread(sign_in, invitation.address, persona, PASSWORD)

        return await provider.accepted(invitation, meanwhile)


@pytest.fixture
async def login(keycloak: Keycloak, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Login:
    """Kept, and with an access token that is over."""
    monkeypatch.setenv("GCM_STATE_DIR", str(tmp_path))
    kept = replace(Login(keycloak.issuer, {}, **asdict(await signed_in(keycloak))), good_until=0.0)
    with Logins().change(keycloak.issuer) as (_, save):
        save(kept)
    return kept


async def test_a_refresh_token_is_used_once_and_its_successor_is_kept(login: Login) -> None:
    async with httpx.AsyncClient() as http:
        first = await _own_token(login.issuer, http)
        assert first != login.access_token
        assert await _own_token(login.issuer, http) == first  # what a process finds that waited for the lock
    kept = Logins().of(login.issuer)
    assert kept is not None
    assert (kept.access_token, kept.refresh_token != login.refresh_token) == (first, True)


async def test_an_expired_login_is_a_sentence_and_a_status_of_its_own(login: Login, tmp_path: Path) -> None:
    async with httpx.AsyncClient() as http:
        await Provider(login.issuer, http).revoke(login.refresh_token)
    places = {"GCM_URL_ISSUER": login.issuer, "GCM_URL_PLEDGES": "http://127.0.0.1:1", "GCM_STATE_DIR": str(tmp_path)}
    ended = await asyncio.to_thread(gcm, "whoami", environment=places)
    assert (ended.returncode, ended.stderr.count("\n")) == (3, 1)
    assert ended.stderr == "Your login has expired: sign in again with `gcm login`.\n"


async def test_a_login_that_nobody_answers_waits_and_ends(keycloak: Keycloak) -> None:
    pauses: list[float] = []

    async def hurried(seconds: float) -> None:
        pauses.append(seconds)
        if len(pauses) > 3:
            raise TimeoutError

    async with httpx.AsyncClient() as http:
        provider = Provider(keycloak.issuer, http)
        invitation = await provider.invite()
        with pytest.raises(TimeoutError):
            await provider.accepted(invitation, hurried)
        assert pauses[-1] > pauses[0]  # it was told to ask less often
        with pytest.raises(Refused, match=r"The sign-in failed|has expired"):
            await provider.accepted(replace(invitation, device_code="another"), asyncio.sleep)


@pytest.mark.parametrize("path", ["", "/realms/none"])
async def test_what_is_no_address_of_a_sign_in_is_said(keycloak: Keycloak, path: str) -> None:
    async with httpx.AsyncClient() as http:
        with pytest.raises((Refused, Away), match=r"is no address of a sign-in|that is no sign-in"):
            await Provider(keycloak.issuer.rpartition("/realms")[0] + path, http).invite()
