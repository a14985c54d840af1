"""Whether an HTTP server of ours is there and well."""

import http.client


def answers(port: int, path: str) -> bool:
    """Whether GET `path` on 127.0.0.1 gives 200 within 2 s."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
    try:
        connection.request("GET", path)
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
