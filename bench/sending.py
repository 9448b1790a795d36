"""Sends requests of a plan through the application in this process, whichever side's settings are active."""

from typing import Any

from django.conf import settings
from django.test import Client

settings.ALLOWED_HOSTS.append("testserver")


def send(client: Client, request: dict[str, Any]) -> int:
    """The status of the answer."""
    headers = {"authorization": f"{request.get('scheme', 'Bearer')} {request['token']}", "accept-language": "kk"}
    if "body" not in request:
        return client.get(request["path"], headers=headers).status_code
    headers["idempotency-key"] = request["key"]
    return client.post(request["path"], request["body"], content_type="application/json", headers=headers).status_code
