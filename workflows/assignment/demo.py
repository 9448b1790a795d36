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
    new = 0
    for line in yaml.safe_load(FILE.read_text(encoding="utf-8")):
        post = posts.current().get(officer__iin=line.pop("iin"), role=Role.JUDGE)
        _entry, is_new = RosterEntry.objects.get_or_create(post=post, defaults={"valid_from": post.valid_from, **line})
        seeds.commit(post.organisation)
        new += is_new
    if new:
        audit.append("demo.loaded", chain="system", actor=audit.service_actor(), subject={}, data={"roster": new})
    return new
