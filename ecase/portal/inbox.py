"""The notices of a post: what the service has told it."""

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from ecase.officers.models import Post
from ecase.outbox import services as outbox

HEADLINES: Mapping[str, str | Promise] = {
    "motion.motion": _("A motion has arrived"),
    "motion.agreement": _("The prosecutor has agreed"),
    "motion.refusal": _("The prosecutor has refused"),
    "motion.return": _("The prosecutor has returned a motion for completion"),
    "motion.withdrawal": _("A motion has been withdrawn"),
    "motion.registration": _("The court has registered a motion"),
    "motion.assignment": _("A motion has been assigned to you"),
    "motion.hearing_order": _("A hearing has been ordered"),
    "motion.protocol": _("The judge has decided"),
    "motion.endorsement": _("The judge has decided"),
    "motion.delivery": _("A decision has been delivered"),
    "motion.execution_report": _("A decision has been executed"),
    "motion.closure": _("A motion has been closed"),
    "motion.expiry": _("A sanction has expired"),
    "deadline.reminder": _("A deadline is near"),
    "deadline.missed": _("A deadline has been missed"),
}


def unread(post: Post) -> int:
    """How many notices of this post nobody has read yet."""
    return outbox.unread(post)


def headline(topic: str) -> Any:
    """What a notice is about, in words."""
    return HEADLINES.get(topic, _("News of a motion"))
