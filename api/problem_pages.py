"""A page for each type of problem (RFC 9457, 3.1.1): what it means and what a client does then."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from api import problems

MEANINGS: dict[str, str | Promise] = {
    "bad-request": _("The body, a header or a key cannot be read, or a required Idempotency-Key is missing."),
    "conflict": _("The motion is in no state for this, or it has been done already: read it again."),
    "expired": _("A challenge or a prepared act has expired: start again."),
    "file-altered": _("The storage no longer holds the bytes that were uploaded: inform the administrator."),
    "idempotency-key-reused": _("The key has served for another request: take a new one."),
    "in-progress": _("The first request under this key has not been answered yet: ask again."),
    "internal-error": _("A fault of the service. Its cause is not disclosed; it is in the service's own log."),
    "invalid": _("Fields are missing, wrong or not known, or a file is not what it should be."),
    "method-not-allowed": _("The address takes other methods; the header Allow names them."),
    "not-acceptable": _("The answer exists in no media type of the header Accept."),
    "not-allowed": _("This officer, in this post, may not do this."),
    "not-authenticated": _("There is no token, or it is invalid or has ended: sign in again."),
    "not-found": _("It does not exist, or the caller may not see it: the two are not told apart."),
    "not-yet": _("The entry will be in the log's tree in a moment: ask again after Retry-After."),
    "precondition-required": _("The header If-Match is missing: send the ETag of the motion that was seen."),
    "row-altered": _("The stored record differs from what was signed and is not shown: inform the administrator."),
    "signature-refused": _("The signature was not accepted; each problem names a check that failed."),
    "signature-undecided": _("The signature was received and waits, since its proof is not available at this moment."),
    "stale": _("Somebody has changed the motion since: read it again and repeat the change."),
    "too-large": _("The body or the file is larger than is accepted."),
    "too-many-requests": _("The client has asked too often: Retry-After says when it may ask again."),
    "too-slow": _("The body did not arrive in time."),
    "try-later": _("Something that is needed is not available now. Send the same request after Retry-After."),
    "unready": _("The service is not ready; each problem names a thing that is missing."),
    "unsupported-media-type": _("The body is of a media type that the address does not take."),
}


@require_safe
def show(request: HttpRequest, slug: str) -> HttpResponse:
    """The page of one type."""
    if slug not in MEANINGS:
        raise Http404
    status, title = problems.types()[slug]
    context = {"slug": slug, "title": title, "status": status, "meaning": MEANINGS[slug]}
    return render(request, "api/problem.html", context)
