"""Checks of production settings: refuses demo values and values that were not set on purpose."""

from collections.abc import Iterator
from typing import NamedTuple

# Django's own criteria (security.W009): minimum length, and minimum number of different characters.
SECRET_LENGTH, SECRET_VARIETY = 50, 5
_HOW_TO_MAKE_ONE = "make one with: python -c 'import secrets; print(secrets.token_urlsafe(64))'"
_EXAMPLES = ("django-insecure-", "demo-only")


class Choices(NamedTuple):
    """Settings that make an installation unsafe if they are weak."""

    secret_key: str
    debug: bool
    allowed_hosts: list[str]
    public_url: str
    ssl_redirect: bool
    unknown: list[str]


def faults(chosen: Choices) -> Iterator[str]:
    """A sentence for each value that production refuses. Missing values are reported elsewhere."""
    if chosen.secret_key and is_weak(chosen.secret_key):
        yield f"SECRET_KEY is too short or too simple for production: {_HOW_TO_MAKE_ONE}"
    if chosen.debug:
        yield "DEBUG must not be true in production: error pages would show source code and settings"
    if any(host.strip() in ("*", "") for host in chosen.allowed_hosts):
        yield "ALLOWED_HOSTS must name the service's hosts in production, not *"
    if chosen.public_url.startswith("http://"):
        yield "ECASE_PUBLIC_URL must be an https address in production"
    if not chosen.ssl_redirect:
        yield "SECURE_SSL_REDIRECT must not be false in production: keys and cases would travel in the clear"
    for name in chosen.unknown:
        yield f"{name} is no setting of ecase: see docs/reference/settings.md"


def is_weak(secret: str) -> bool:
    """Whether a secret can be guessed, or was published with an example."""
    short = len(secret) < SECRET_LENGTH or len(set(secret)) < SECRET_VARIETY
    return short or secret.startswith(_EXAMPLES)
