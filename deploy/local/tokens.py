"""Access tokens for the personas: the password grant, which the realm opens for local stacks only."""

import http.client
import json
from urllib.parse import urlencode

from shared.refusal import Refused

PATH = "/realms/gcm/protocol/openid-connect/token"


def token(port: int, persona: str, password: str, host: str = "127.0.0.1") -> str:
    """An access token for five minutes. Raises Refused when Keycloak does not answer or does not know the persona."""
    form = {"grant_type": "password", "client_id": "gcm-demo", "username": persona, "password": password}
    answer = _post(host, port, form)
    return str(answer["access_token"])


def _post(host: str, port: int, form: dict[str, str]) -> dict[str, str]:
    connection = http.client.HTTPConnection(host, port, timeout=10)
    try:
        connection.request("POST", PATH, urlencode(form), {"Content-Type": "application/x-www-form-urlencoded"})
        response = connection.getresponse()
        answer: dict[str, str] = json.loads(response.read())
    except (OSError, ValueError, http.client.HTTPException) as error:
        raise Refused("Keycloak does not answer: see `make up`.") from error
    finally:
        connection.close()
    if response.status != 200:
        raise Refused(f"Keycloak gave no token for {form['username']}: {answer.get('error_description', answer)}.")
    return answer
