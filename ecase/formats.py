"""Formats of settings: what is wanted, in words, and the check of a text."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from ecase.limits.rates import RATE as _RATE


@dataclass(frozen=True)
class Format:
    """``wanted`` continues a sentence that begins with "must be"; ``fits`` is true for a text of the format."""

    wanted: str
    fits: Callable[[str], Any]


def is_address(text: str, *schemes: str) -> bool:
    """Whether it is an address with a host, by one of the schemes."""
    try:
        address = urlsplit(text)
        port = address.port
    except ValueError:
        return False
    return address.scheme in schemes and bool(address.hostname) and port != 0 and " " not in text


def is_web_address(text: str) -> bool:
    """Whether it is an http or https address."""
    return is_address(text, "http", "https")


def can_be_folder(text: str) -> bool:
    """Whether the path, or its nearest existing ancestor, is a folder. Unreadable paths are accepted."""
    path = Path(text)
    try:
        existing = next(part for part in (path, *path.parents) if part.exists() or part.is_symlink())
        return bool(text) and existing.is_dir()
    except PermissionError:
        return True
    except (OSError, StopIteration):
        return False


TEXT = Format("a text", lambda _text: True)
# In signed notes and in HTTP headers.
NAME = Format("letters, digits and marks of ASCII without + and spaces", re.compile(r"[!-*,-~]+").fullmatch)
RATE = Format("a rate such as 60/min, by s, min, hour or day", _RATE.match)
URL = Format("an http or https address", is_web_address)
FOLDER = Format("a folder, or a place where one can be made", can_be_folder)
FILE = Format(
    "a file in a folder",
    lambda text: can_be_folder(str(Path(text).parent)) and not (can_be_folder(text) and Path(text).is_dir()),
)
POSTGRES = Format(
    "a postgres:// address: ecase runs on PostgreSQL only",
    lambda text: text.startswith(("postgres://", "postgresql://")),
)
_SIGNER = "a ws or wss address, or pkcs12: in the demo"
SIGNER = Format(_SIGNER, lambda text: is_address(text, "ws", "wss"))
# With "pkcs12:" the page opens key files itself.
DEMO_SIGNER = Format(_SIGNER, lambda text: text == "pkcs12:" or is_address(text, "ws", "wss"))
BROKER = Format(
    "an amqp:// or redis:// address: other brokers lose tasks",
    lambda text: text.startswith(("amqp://", "amqps://", "redis://", "rediss://", "redis+socket://")),
)

# -- each of several, separated by commas -----------------------------------------------------------------------------

URLS = Format("http or https addresses, separated by commas", is_web_address)
URL_GROUPS = Format(
    "http or https addresses, separated by commas, those of one list by |",
    lambda group: all(map(is_web_address, group.split("|"))),
)
HOSTS = Format("names of hosts, separated by commas", re.compile(r"\*|\.?[\w.:-]+|\[[0-9A-Fa-f:.]+\]").fullmatch)
OIDS = Format("object identifiers such as 1.2.3, separated by commas", re.compile(r"[0-9]+(\.[0-9]+)+").fullmatch)
