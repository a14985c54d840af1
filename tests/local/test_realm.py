"""Who gets in by which door of the realm, and who does not."""

from email import message_from_bytes, policy
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import jwt
import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from deploy.local.ports import choose
from tests.local.conftest import Visits
from tests.support.keycloak import Keycloak
from tests.support.parts import PASSWORD
from tests.support.realm_admin import RealmAdmin
from tests.support.sign_in import Page, Visit


def _claims(token: str) -> dict[str, Any]:
    claims: dict[str, Any] = jwt.decode(token, options={"verify_signature": False})
    return claims


# the second factor


def test_staff_set_up_a_second_factor_and_are_asked_for_it(visits: Visits, admin: RealmAdmin) -> None:
    first = visits()
    try:
        with admin.second_factor_for_staff():
            first.sign_in("noor")
            again = visits()
            again.authenticator = first.authenticator
            again.sign_in("noor")
    finally:
        admin.forget_factors("noor")
    assert first.seen == ["login-login", "login-login-config-totp"]
    assert again.seen == ["login-login", "login-login-otp"]


def test_a_wrong_code_opens_nothing(visits: Visits, admin: RealmAdmin) -> None:
    visit = visits()
    with admin.second_factor_for_staff():
        page = visit.fill_in(visit.begin(), "noor")
        form = page.forms["kc-totp-settings-form"]
        refused = visit.submit(form, totp="000000")
        assert (refused.name, visit.arrived) == ("login-login-config-totp", "")
    assert admin.factors("noor") == []


def test_others_are_not_asked_until_they_have_set_one_up_themselves(visits: Visits, admin: RealmAdmin) -> None:
    with admin.second_factor_for_staff():
        plain = visits()
        plain.sign_in("amina")
        assert plain.seen == ["login-login"]
        try:
            own = visits()
            own.sign_in("amina", kc_action="CONFIGURE_TOTP")
            assert own.seen == ["login-login", "login-login-config-totp"]
            again = visits()
            again.authenticator = own.authenticator
            again.sign_in("amina")
            assert again.seen == ["login-login", "login-login-otp"]
        finally:
            admin.forget_factors("amina")


def test_a_passkey_is_offered_to_everybody(visit: Visit) -> None:
    page = visit.fill_in(visit.begin(kc_action="webauthn-register-passwordless"), "amina")
    assert page.name == "login-webauthn-register"


# a new password by mail


class Letterbox:
    def __init__(self) -> None:
        self.links: list[str] = []

    async def handle_DATA(self, _: SMTP, __: Session, envelope: Envelope) -> str:  # noqa: N802 - its name for it
        assert isinstance(envelope.content, bytes)
        part = message_from_bytes(envelope.content, policy=policy.default).get_body(("plain",))
        assert part is not None
        self.links += [word for word in part.get_content().split() if word.startswith("http")]
        return "250 OK"


def _after_the_mail(visit: Visit, admin: RealmAdmin, person: str) -> Page:
    """The page behind the link in the mail that somebody asked for who forgot the password."""
    letterbox, before = Letterbox(), admin.get("")
    [port] = choose(1)
    controller = Controller(letterbox, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        admin.put("", {"smtpServer": before["smtpServer"] | {"host": "127.0.0.1", "port": str(port)}})
        visit.begin()
        page = visit.open(f"{visit.issuer}/login-actions/reset-credentials", client_id="gcm-portal")
        visit.submit(page.forms["kc-reset-password-form"], username=person)
        return visit.open(letterbox.links[0])
    finally:
        admin.put("", {"smtpServer": before["smtpServer"]})
        controller.stop()


def test_a_new_password_comes_by_mail(visit: Visit, admin: RealmAdmin) -> None:
    with admin.second_factor_for_staff():
        assert _after_the_mail(visit, admin, "amina").name == "login-login-update-password"


def test_whoever_reads_the_mail_of_staff_gets_no_further(visit: Visit, admin: RealmAdmin) -> None:
    with admin.second_factor_for_staff():
        page = _after_the_mail(visit, admin, "noor")
    assert page.name == "login-error"
    assert "ask an administrator" in page.texts["p"]


def test_a_new_password_does_not_replace_the_second_factor(visit: Visit, visits: Visits, admin: RealmAdmin) -> None:
    before = visits()
    try:
        before.sign_in("amina", kc_action="CONFIGURE_TOTP")
        visit.authenticator = before.authenticator
        page = _after_the_mail(visit, admin, "amina")
        assert page.name == "login-login-otp"
        assert visit.fill_in(page, "amina").name == "login-login-update-password"
        assert len(admin.factors("amina")) == 1
    finally:
        admin.forget_factors("amina")


# passwords are for the sign-in page


def _password_grant(visit: Visit, client: str, secret: str | None) -> httpx.Response:
    form = {"grant_type": "password", "client_id": client, "username": "amina", "password": PASSWORD}
    return visit.ask(visit.endpoint("token"), **form, **({"client_secret": secret} if secret else {}))


def test_no_client_takes_passwords_but_the_demonstrations(visit: Visit, admin: RealmAdmin) -> None:
    taken = {
        one["clientId"]
        for one in admin.clients()
        if _password_grant(visit, one["clientId"], one.get("secret")).status_code == httpx.codes.OK
    }
    assert taken == {"gcm-demo"}


@pytest.mark.parametrize("public", [True, False])
def test_nor_does_one_that_somebody_adds_later(visit: Visit, admin: RealmAdmin, public: bool) -> None:
    new = {"clientId": "later", "publicClient": public, "directAccessGrantsEnabled": True}
    admin.post("/clients", new | ({} if public else {"secret": PASSWORD}))
    [made] = [one for one in admin.clients() if one["clientId"] == "later"]
    try:
        refused = _password_grant(visit, "later", None if public else PASSWORD)
    finally:
        admin.delete(f"/clients/{made['id']}")
    assert refused.status_code in (httpx.codes.BAD_REQUEST, httpx.codes.UNAUTHORIZED)
    assert "access_token" not in refused.text


@pytest.mark.parametrize(
    ("client", "path"), [("account-console", "/realms/gcm/account/"), ("security-admin-console", "/admin/gcm/console/")]
)
def test_keycloaks_own_pages_get_no_token_for_our_services(
    visit: Visit, keycloak: Keycloak, client: str, path: str
) -> None:
    callback = keycloak.issuer.partition("/realms/")[0] + path
    code = visit.sign_in("noor", client, callback, scope="openid roles profile")
    claims = _claims(visit.redeem(code, client, callback)["access_token"])
    assert "gcm-api" not in str(claims.get("aud"))


def test_no_stranger_registers_a_client(visit: Visit) -> None:
    url = f"{visit.issuer}/clients-registrations/openid-connect"
    answer = httpx.post(url, json={"redirect_uris": ["https://elsewhere.example.org/"]})
    assert answer.status_code == httpx.codes.FORBIDDEN


def test_the_demonstrations_door_is_shut_unless_it_is_opened(admin: RealmAdmin, visit: Visit) -> None:
    [demo] = [one for one in admin.clients() if one["clientId"] == "gcm-demo"]
    admin.put(f"/clients/{demo['id']}", demo | {"enabled": False})
    try:
        assert _password_grant(visit, "gcm-demo", None).status_code == httpx.codes.UNAUTHORIZED
    finally:
        admin.put(f"/clients/{demo['id']}", demo)


# the portal's client


def test_the_portal_learns_the_name_and_the_services_do_not(visit: Visit) -> None:
    tokens = visit.redeem(visit.sign_in("noor"), "gcm-portal", visit.callback, PASSWORD)
    assert _claims(tokens["id_token"])["name"] == "Noor Demo"
    access = _claims(tokens["access_token"])
    assert access["aud"] == "gcm-api"
    assert not {"name", "email", "preferred_username"} & set(access)


@pytest.mark.parametrize(
    "other", ["{}/auth/callback/", "{}/auth/callback?next=/", "{}/", "http://127.0.0.1/auth/callback"]
)
def test_codes_go_to_the_portals_address_and_nowhere_else(visit: Visit, other: str) -> None:
    page = visit.begin(callback=other.format(visit.portal))
    assert (page.status, page.name) == (httpx.codes.BAD_REQUEST, "login-error")


def test_the_portal_must_send_a_challenge(visit: Visit) -> None:
    visit.begin(code_challenge="", code_challenge_method="")
    assert parse_qs(urlsplit(visit.arrived).query)["error"] == ["invalid_request"]


def test_signing_out_leads_back_to_the_portal_only(visit: Visit) -> None:
    hint = visit.redeem(visit.sign_in("amina"), "gcm-portal", visit.callback, PASSWORD)["id_token"]
    elsewhere = {"id_token_hint": hint, "post_logout_redirect_uri": f"{visit.portal}/elsewhere"}
    assert visit.open(visit.endpoint("logout"), **elsewhere).status == httpx.codes.BAD_REQUEST
    home = {"id_token_hint": hint, "post_logout_redirect_uri": f"{visit.portal}/", "state": "known"}
    answer = httpx.get(visit.endpoint("logout"), params=home)
    assert answer.headers["location"] == f"{visit.portal}/?state=known"


def _refresh(visit: Visit, token: str) -> httpx.Response:
    form = {"grant_type": "refresh_token", "client_id": "gcm-portal", "client_secret": PASSWORD}
    return visit.ask(visit.endpoint("token"), **form, refresh_token=token)


def test_two_tabs_may_refresh_at_once_and_a_third_use_ends_the_session(visit: Visit) -> None:
    old = visit.redeem(visit.sign_in("amina"), "gcm-portal", visit.callback, PASSWORD)["refresh_token"]
    first, second = _refresh(visit, old), _refresh(visit, old)
    assert [first.status_code, second.status_code] == [httpx.codes.OK, httpx.codes.OK]
    assert _refresh(visit, old).status_code == httpx.codes.BAD_REQUEST
    assert _refresh(visit, second.json()["refresh_token"]).status_code == httpx.codes.BAD_REQUEST
