"""Requests of all sorts, as the officers of a district send them, for ``bench.memory``."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.test import Client

from ecase.officers.models import Post
from tests.portal.conftest import sign_in
from workflows.motions.models import Motion

if TYPE_CHECKING:
    from bench.seed import District

Request = dict[str, Any]
LISTS = (
    "motions/",
    "motions/?state=submitted",
    "motions/?kind=search&limit=50",
    "motions/?scope=waiting",
    "motions/?q=260",
    "kinds/",
    "kinds/custody/",
)
PAGES = ("/", "/?scope=all&q=260", "/inbox/", "/cases/")


def sorts(district: "District", drafts: list[Motion]) -> dict[str, list[Request]]:
    """Reads and preparations; the acts that are performed are those of the plan."""
    posts = [*district.investigators, district.prosecutor, *district.judges]
    api = "/api/v1/"
    return {
        "lists": [_read(f"{api}{path}", district, post) for path in LISTS for post in posts],
        "single": [_read(f"{api}motions/{motion.pk}/", district, motion.author) for motion in drafts],
        "pages": list(_pages(posts, drafts)),
        "prepared": [
            {
                **_read(f"{api}motions/{motion.pk}/acts/", district, motion.author),
                "body": {"type": "motion", "payload": {}},
            }
            for motion in drafts
        ],
    }


def _read(path: str, district: "District", post: Post) -> Request:
    return {"path": path, "token": district.tokens[post.pk]}


def _pages(posts: list[Post], drafts: list[Motion]) -> Iterator[Request]:
    cookies = {post.pk: _cookie(post) for post in posts}
    for post in posts:
        yield from ({"path": path, "cookie": cookies[post.pk]} for path in PAGES)
    for motion in drafts:
        yield {"path": f"/motions/{motion.pk}/draft/", "cookie": cookies[motion.author_id]}


def _cookie(post: Post) -> str:
    client = Client(headers={"Accept-Language": "kk"})
    sign_in(client, post)
    return f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"
