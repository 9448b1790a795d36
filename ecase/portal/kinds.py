"""The kinds that a post may file, with search: what each needs, who decides, and how fast."""

from dataclasses import dataclass

from ecase.officers.models import Post
from ecase.portal import law
from ecase.portal.law import Said
from workflows.statute.catalogue import catalogue, in_force
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
    return any(post.role in kind.author_roles for kind in catalogue(in_force()).kinds.values())


def list_offers(post: Post, text: str = "") -> list[Group]:
    """The kinds that this role may file and that contain every word of ``text``, in the groups of the catalogue.

    Name and summary, in every language, and the articles are searched.
    """
    known, words = catalogue(in_force()), text.casefold().split()
    offers: dict[str, list[Offer]] = {group.key: [] for group in known.groups}
    for kind in known.kinds.values():
        texts = [said for part in (kind.name, kind.summary) for said in (part.kk, part.ru, part.en)]
        searched = " ".join([*texts, *kind.articles]).casefold()
        if post.role in kind.author_roles and all(word in searched for word in words):
            asked = [attachment for attachment in kind.attachments if attachment.required or attachment.required_if]
            offers[kind.group].append(Offer(kind, asked, law.describe_terms(kind), law.describe_kind(kind)))
    return [Group(group.label, offers[group.key]) for group in known.groups if offers[group.key]]
