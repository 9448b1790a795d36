"""The audit log for its auditors: entries, the signed checkpoint, and verification of the whole log."""

import json
from collections.abc import Callable
from functools import partial

from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from ecase.audit import services, verification
from ecase.audit.models import Entry
from ecase.officers.models import Role
from ecase.pagination import fetch_page_by_number
from ecase.portal import files
from ecase.portal.pages import PortalRequest, for_officers, or_404, page, posted_from
from workflows.motions.visibility import entries_visible_to, entry_is_visible

watchers = partial(for_officers, roles=(Role.AUDITOR, Role.ADMINISTRATOR))
EVENTS = {
    "act.performed": _("An act was performed"),
    "act.refused": _("An act was refused"),
    "draft.created": _("A draft was begun"),
    "draft.saved": _("A draft was saved"),
    "draft.attached": _("A file was attached"),
    "draft.detached": _("A file was taken off"),
    "draft.discarded": _("A draft was discarded"),
    "motion.opened": _("Materials were opened"),
    "document.read": _("A document was read"),
    "document.stored": _("A document was stored"),
    "sign_in.succeeded": _("Somebody signed in"),
    "sign_in.refused": _("A sign-in was refused"),
    "session.opened": _("A session was opened"),
    "session.ended": _("A session was ended"),
    "session.confirmed": _("An officer signed once more in a session"),
    "deadline.missed": _("A deadline was missed"),
    "draw.made": _("A judge was drawn"),
    "case.opened": _("A case was opened"),
    "case.corrected": _("A case was corrected"),
    "person.added": _("A person was added to a case"),
    "person.corrected": _("A person was corrected"),
    "team.joined": _("An investigator joined a case"),
    "team.led": _("A leader of the investigators was named"),
    "admin.changed": _("Reference data was changed"),
    "suggestion.made": _("A draft was suggested"),
    "suggestion.refused": _("A suggestion was refused"),
    "demo.loaded": _("The demonstration was set up"),
    "calendar.loaded": _("A year of the calendar was loaded"),
    "counsel.named": _("A defender was named"),
    "counsel.ended": _("A defence ended"),
    "draw.committed": _("A number for later draws was committed to"),
    "duty.called": _("Somebody on duty was called"),
    "duty.exhausted": _("Nobody on duty has answered"),
    "deadline.escalated": _("A deadline was reported to whoever stands above"),
    "deadline.reminder": _("A reminder of a deadline was sent"),
    "deadline.recomputed": _("A deadline was counted anew"),
    "copies.owed": _("Copies became owed"),
    "copies.overdue": _("Copies are overdue"),
    "copies.voided": _("Copies are no longer owed"),
    "copy.acknowledged": _("A copy was received"),
    "copy.served": _("A copy was served"),
    "sanction.ending": _("A warning that a sanction ends was sent"),
    "measure.lapsed": _("A measure has lapsed"),
    "draft.related": _("A draft was linked to an earlier decision"),
    "bar.declared": _("A conflict of interest was declared"),
    "bar.lifted": _("A conflict of interest was ended"),
    "motion.printed": _("The file of a motion was printed"),
    "session.refused": _("A session was refused"),
    "request.refused": _("A request was refused"),
    "token.issued": _("A token was issued"),
    "token.refused": _("A token was refused"),
    "token.revoked": _("A token was revoked"),
    "subscription.made": _("A webhook was subscribed"),
    "subscription.changed": _("The topics of a webhook subscription were changed"),
    "subscription.ended": _("A webhook subscription was ended"),
    "subscription.rotated": _("A webhook subscription got a new secret"),
    "message.given_up": _("A message could not be delivered"),
    "message.retried": _("A message was sent again"),
    "signature.undecided": _("A signature waits to be verified"),
    "evidence.renewed": _("Proof of signatures was renewed"),
    "file.altered": _("A stored file was found altered"),
    "row.altered": _("A row was found altered"),
    "seal.pinned": _("A seal was pinned"),
    "log.key_rotated": _("The key of the log was replaced"),
    "log.resumed": _("The log goes on after a restore"),
}


@require_safe
@watchers
def index(request: PortalRequest) -> HttpResponse:
    """The part of the log that this post may see, the newest entry first."""
    chain = request.GET.get("chain", "").strip()
    shown = entries_visible_to(request.post)
    rows, key = (shown.filter(chain=chain), "seq") if chain else (shown, "pk")
    found = fetch_page_by_number(rows, key, request.GET.get("after", ""), size=30)
    context = {"entries": found, "chain": chain, "checkpoint": _read_signed(services.checkpoint), "events": EVENTS}
    return page(request, "audit.html", context)


@require_safe
@watchers
def entry(request: PortalRequest, entry_id: int) -> HttpResponse:
    """One entry as logged, and its proof if the entry is in the tree."""
    found = or_404(entries_visible_to(request.post).get, pk=entry_id)
    content = json.dumps(found.content, ensure_ascii=False, indent=2, sort_keys=True)
    return page(
        request,
        "audit_entry.html",
        {"entry": found, "content": content, "proof": _read_signed(services.proof, found), "events": EVENTS},
    )


@posted_from("portal:audit")
@watchers
def verify(request: PortalRequest) -> HttpResponse:
    """Verify the whole log now."""
    return page(request, "audit_result.html", {"result": verification.verify()})


@require_safe
@watchers
def checkpoint(request: PortalRequest) -> HttpResponse:
    """The newest signed checkpoint, to be stored elsewhere."""
    return files.answer_file(
        _read_signed(services.checkpoint).encode(), "text/plain; charset=utf-8", "ecase-checkpoint.txt"
    )


@require_safe
@watchers
def proof(request: PortalRequest, entry_id: int) -> HttpResponse:
    """The inclusion proof of an entry, without its content for those who may not read it."""
    found = or_404(Entry.objects.get, pk=entry_id)
    bare = not entry_is_visible(found, request.post)
    return files.answer_file(
        _read_signed(services.proof, found, bare=bare).encode(),
        "text/plain; charset=utf-8",
        f"ecase-entry-{found.pk}.tlog-proof",
    )


def _read_signed(read: Callable[..., str], *of: Entry, **options: bool) -> str:
    """A text of the log; empty until the log has signed what it is about."""
    try:
        return read(*of, **options)
    except services.NotYetInTree:
        return ""
