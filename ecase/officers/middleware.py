"""Sets the post in which the officer of a session acts."""

from django.conf import settings
from django.contrib import auth
from django.http import HttpRequest
from django.utils.deprecation import MiddlewareMixin

from ecase.audit.refusals import append_refusal
from ecase.officers import posts, sessions
from ecase.officers.models import Post
from ecase.officers.session_store import OPENED, POST_KEY


class CurrentPostMiddleware(MiddlewareMixin):
    """Sets ``request.post``: the post in which the session was opened, or ``None``.

    It is read from the database in every request, so that a post that has ended, or an officer who has been
    deactivated, loses access at the next request (ASVS 8.3.2). That request ends the session, logged as
    ``session.refused``. A request without a session costs no query.
    """

    async_capable = False

    def process_request(self, request: HttpRequest) -> None:
        request.post = None  # type: ignore[attr-defined]
        if settings.SESSION_COOKIE_NAME not in request.COOKIES or POST_KEY not in request.session:
            return
        officer, held = request.session.get(auth.SESSION_KEY), request.session[POST_KEY]
        post = posts.current().filter(pk=held, officer=officer).first() if OPENED in request.session else None
        if post is not None:
            sessions.note_activity(request, post)
            request.post = post  # type: ignore[attr-defined]
            return
        ended = Post.objects.select_related("officer", "organisation").filter(pk=held, officer=officer).first()
        if ended is not None:
            # Logged once per session, since the session ends.
            append_refusal(
                "session.refused",
                chain=f"officer:{ended.officer_id}",
                actor=ended.as_actor(),
                subject={"officer": str(ended.officer_id)},
                data={"problems": [posts.why_lost(ended).code]},
            )
        auth.logout(request)
