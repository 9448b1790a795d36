"""The roster of the demo court. Loading is idempotent."""

import yaml
from django.conf import settings
from django.db import transaction

from ecase.audit import services as audit
from ecase.officers import posts
from ecase.officers.models import Role
from workflows.assignment import seeds
from workflows.assignment.models import RosterEntry

FILE = settings.BASE_DIR / "fixtures" / "demo" / "roster.yaml"


@transaction.atomic
def load() -> int:
    """Add the missing lines of the roster, and log it. Returns how many were added."""
    new = sum(_line(**entry) for entry in yaml.safe_load(FILE.read_text(encoding="utf-8")))
    if new:
        audit.append("demo.loaded", chain="system", actor=audit.service_actor(), subject={}, data={"roster": new})
    return new


def _line(iin: str, share: int, specialisations: list[str]) -> bool:
    post = posts.current().get(officer__iin=iin, role=Role.JUDGE)
    stated = {"valid_from": post.valid_from, "share": share, "specialisations": specialisations}
    _entry, new = RosterEntry.objects.get_or_create(post=post, defaults=stated)
    seeds.commit(post.organisation)
    return new
