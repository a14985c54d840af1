"""The pages of sign-in, in the six languages of the United Nations, as the server gives them out."""

from typing import NamedTuple

import httpx
import pytest

from tests.local.conftest import Visits
from tests.support.keycloak import Keycloak
from tests.support.sign_in import Visit, challenge


class Language(NamedTuple):
    tag: str
    direction: str
    site: str
    heading: str


LANGUAGES = [
    Language("ar", "rtl", "تعهدات الهجرة", "تسجيل الدخول إلى حسابك"),
    Language("zh-CN", "ltr", "移民承诺", "登录到您的账户"),
    Language("en", "ltr", "Migration pledges", "Sign in to your account"),
    Language("fr", "ltr", "Engagements pour les migrations", "Connectez-vous à votre compte"),
    Language("ru", "ltr", "Обязательства по миграции", "Вход в учетную запись"),
    Language("es", "ltr", "Promesas sobre migración", "Acceder a tu cuenta"),
]
DEVICE_CODE = "urn:ietf:params:oauth:grant-type:device_code"  # RFC 8628
VERIFIER = "a-verifier-that-is-long-enough-for-the-rule-of-forty-three"
six_languages = pytest.mark.parametrize("language", LANGUAGES, ids=lambda one: one.tag)


@six_languages
def test_the_portals_language_is_that_of_the_sign_in_page(visit: Visit, language: Language) -> None:
    page = visit.begin(ui_locales=language.tag)
    assert (page.html["lang"], page.html["dir"]) == (language.tag, language.direction)
    assert (page.texts["p"], page.texts["h1"]) == (language.site, language.heading)
    assert set(page.links) == {one.tag for one in LANGUAGES}


@six_languages
def test_everybody_can_switch_and_the_choice_lasts(visit: Visit, language: Language) -> None:
    first = visit.begin(ui_locales="en" if language.tag != "en" else "fr")
    assert visit.open(first.links[language.tag]).texts["h1"] == language.heading
    assert visit.begin().texts["h1"] == language.heading


def test_a_page_takes_our_look_and_nothing_from_anybody_else(visit: Visit, keycloak: Keycloak) -> None:
    page = visit.begin()
    [style] = [httpx.get(address) for address in page.stylesheets]
    assert style.headers["content-type"].startswith("text/css")
    assert "--accent" in style.text
    server = keycloak.issuer.partition("/realms/")[0]
    assert page.loads
    assert [address for address in page.loads if not address.startswith(server)] == []
    assert [address for address in page.loads if httpx.get(address).status_code != httpx.codes.OK] == []


def test_a_wrong_password_is_told_in_the_language_of_the_page(visit: Visit) -> None:
    page = visit.begin(ui_locales="ru")
    again = visit.submit(page.forms["kc-form-login"], username="amina", password="wrong")
    assert (again.name, again.html["lang"]) == ("login-login", "ru")
    assert "Неправильное имя пользователя или пароль." in again.texts["span"]


def test_pages_may_load_from_their_own_server_only(visit: Visit) -> None:
    headers = httpx.get(visit.endpoint("auth")).headers
    assert headers["content-security-policy"].startswith("default-src 'self'; ")
    assert headers["referrer-policy"] == "no-referrer"


@six_languages
def test_the_command_line_is_let_in_on_pages_in_the_browsers_language(visits: Visits, language: Language) -> None:
    visit = visits(language.tag)
    begun = visit.ask(visit.endpoint("auth/device"), client_id="gcm-cli", **challenge(VERIFIER)).json()
    device = visit.open(f"{visit.issuer}/device")
    code_form = device.forms["kc-user-verify-device-user-code-form"]
    consent = visit.fill_in(visit.submit(code_form, device_user_code=begun["user_code"]), "amina")
    consent_form = consent.forms["kc-oauth-grant-form"]
    consent_form.fields.pop("cancel")
    done = visit.submit(consent_form)
    assert visit.seen == [
        "login-login-oauth2-device-verify-user-code",
        "login-login",
        "login-login-oauth-grant",
        "login-info",
    ]
    assert [page.html["lang"] for page in (device, consent, done)] == [language.tag] * 3
    assert language.site in consent.texts["h1"]  # the client's own name, in the language
    form = {"grant_type": DEVICE_CODE, "client_id": "gcm-cli", "device_code": begun["device_code"]}
    tokens = visit.ask(visit.endpoint("token"), **form, code_verifier=VERIFIER).raise_for_status()
    assert "refresh_token" in tokens.json()


def test_a_device_without_pkce_is_refused(visit: Visit) -> None:
    assert visit.ask(visit.endpoint("auth/device"), client_id="gcm-cli").status_code == httpx.codes.BAD_REQUEST
