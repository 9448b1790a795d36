"""Officers of a factory's case at the pages, without a browser."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from django.test import Client, RequestFactory

from ecase.audit import keys as log_keys
from ecase.officers import sessions, tokens
from ecase.officers.models import Post
from ecase.officers.sign_in import BACKEND
from tests.motions.conftest import World, make_world, storage, world  # noqa: F401 - fixtures

if TYPE_CHECKING:
    from pytest_django.fixtures import SettingsWrapper

Visitor = Callable[[Post], Client]


@pytest.fixture
def committed(
    transactional_db: None,
    settings: "SettingsWrapper",
    tmp_path: Path,
    make_world: Callable[[], World],  # noqa: F811
) -> World:
    """A world whose rows are committed for real, so that the log's tree reaches them."""
    settings.LOG_KEY_FILE, settings.CHECKPOINT_DIR = tmp_path / "log-key", tmp_path / "checkpoints"
    log_keys.make()
    return make_world()


@pytest.fixture
def visitor(db: None) -> Visitor:
    """A client whose session is that of a post, in English; the law is in force."""

    def enter(post: Post) -> Client:
        client = Client(headers={"Accept-Language": "en"})
        sign_in(client, post)
        return client

    return enter


def sign_in(client: Client, post: Post) -> None:
    """Open a session of the client in this post."""
    client.force_login(post.officer, backend=BACKEND)
    request = RequestFactory(**client.defaults).get("/")
    request.session = client.session
    sessions.begin(request, post)
    request.session.save()


def bearer(post: Post) -> Client:
    """A client of the REST API with the token of this post, to hold one door against the other."""
    return Client(headers={"Accept-Language": "en", "Authorization": f"Bearer {tokens.issue(post)[1]}"})


def session_of(post: Post) -> str:
    """The key of a new session in this post, for a browser's cookie."""
    client = Client()
    sign_in(client, post)
    key = client.session.session_key
    assert key
    return key
