"""The kinds that a post may file, with search: what each needs, who decides, and how fast."""

from collections.abc import Iterator
from dataclasses import dataclass

from ecase.officers.models import Post
from ecase.portal import law
from ecase.portal.law import Said
from ecase.portal.queues import law as in_force
from workflows.statute.schema import Kind, Requirement, Text


@dataclass(frozen=True)
class Offer:
    """A kind on the page where a motion starts."""

    kind: Kind
    attachments: list[Requirement]
    fast: list[Said]
    law: list[Said]


@dataclass(frozen=True)
class Group:
    """Kinds that belong together, under the catalogue's name for them."""

    label: Text
    offers: list[Offer]


def may_start(post: Post) -> bool:
    """Whether this role may file any kind."""
    return any(post.role in kind.author_roles for kind in in_force().kinds.values())


def offered(post: Post, text: str = "") -> list[Group]:
    """The kinds that this role may file and that contain every word of ``text``, in the groups of the catalogue."""
    known, words = in_force(), text.casefold().split()
    found = [kind for kind in known.kinds.values() if post.role in kind.author_roles and _mentions(kind, words)]
    groups = ((group.label, [_offer(kind) for kind in found if kind.group == group.key]) for group in known.groups)
    return [Group(label, offers) for label, offers in groups if offers]


def _mentions(kind: Kind, words: list[str]) -> bool:
    told = " ".join(_told(kind)).casefold()
    return all(word in told for word in words)


def _told(kind: Kind) -> Iterator[str]:
    """The searched text: name and summary in every language, and the articles."""
    for text in (kind.name, kind.summary):
        yield from (text.kk, text.ru, text.en)
    yield from kind.articles


def _offer(kind: Kind) -> Offer:
    asked = [attachment for attachment in kind.attachments if attachment.required or attachment.required_if]
    return Offer(kind, asked, law.how_fast(kind), law.of_kind(kind))
