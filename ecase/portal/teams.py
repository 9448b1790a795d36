"""The group of investigators on a case's page."""

from dataclasses import dataclass

from ecase.cases.models import Case, TeamMember
from ecase.cases.services import LEADER_NAMED_BY, OPENERS, investigators_of
from ecase.officers.models import Post, Role

READERS = OPENERS | {Role.PROSECUTOR}


@dataclass(frozen=True)
class Team:
    """The members; the posts that this post could add, and whether it names the leader."""

    members: list[TeamMember]
    others: list[Post]
    names_leader: bool


def team(case: Case, post: Post) -> Team | None:
    """``None`` for a post that neither investigates nor supervises."""
    if post.role not in READERS:
        return None
    members = list(case.team.select_related("officer").order_by("-leads", "officer__surname", "officer__given_name"))
    others = _others(case, members) if post.role in OPENERS else []
    return Team(members, others, post.role in LEADER_NAMED_BY and len(members) > 1)


def _others(case: Case, members: list[TeamMember]) -> list[Post]:
    known = [member.officer_id for member in members]
    return list(investigators_of(case).exclude(officer__in=known).select_related("officer"))
