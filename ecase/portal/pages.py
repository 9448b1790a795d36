"""Helpers of all views: access checks, finding visible objects, responses for pages, htmx and scripts."""

from collections.abc import Callable, Collection, Iterable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, cast

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import ObjectDoesNotExist, PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect, JsonResponse
from django.shortcuts import render, resolve_url
from django.urls import reverse
from django.views.decorators.http import require_POST
from django_htmx.http import HttpResponseClientRedirect
from django_htmx.middleware import HtmxDetails

from ecase.cases.integrity import Altered
from ecase.officers.models import Post, Role
from ecase.portal import refusals
from ecase.problems import Problem, Refused

P = ParamSpec("P")


class PortalRequest(HttpRequest):
    """A request of a signed-in officer, in the post in which the session was opened."""

    post: Post
    htmx: HtmxDetails


View = Callable[Concatenate[PortalRequest, P], HttpResponseBase]
PlainView = Callable[Concatenate[HttpRequest, P], HttpResponseBase]


def for_officers(view: View[P], roles: Collection[str] = Role.values) -> PlainView[P]:
    """Admit officers with a current post, in one of ``roles``; redirect others to the sign-in page and back."""

    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if getattr(request, "post", None) is None:
            # Back to the whole page if only a part of it was requested.
            if htmx := getattr(request, "htmx", None):
                address = redirect_to_login(htmx.current_url_abs_path or "/")["Location"]
                return HttpResponseClientRedirect(f"{address}&ended=1")
            return redirect_to_login(request.get_full_path())
        admitted = cast(PortalRequest, request)
        if admitted.post.role not in roles:
            raise PermissionDenied
        try:
            return view(admitted, *args, **kwargs)
        except Altered as refusal:
            return refused(request, "file_altered.html", {}, refusal)

    return wraps(view)(guarded)


def posted_from(name: str, *keys: str) -> Callable[[PlainView[P]], PlainView[P]]:
    """Admit POST. A GET of such an address (a reload, another language, the way back after a sign-in) is redirected
    to the page ``name``, where its form is; ``keys`` are the parts of the address that this page has as well.
    """

    def admit(view: PlainView[P]) -> PlainView[P]:
        def admitted(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            if request.method in ("GET", "HEAD"):
                return HttpResponseRedirect(reverse(name, kwargs={key: kwargs[key] for key in keys}))
            return require_POST(view)(request, *args, **kwargs)

        return wraps(view)(admitted)

    return admit


def or_404(find: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """The result of ``find``; 404 if it is missing or not visible, so that guessing ids reveals nothing."""
    try:
        return find(*args, **kwargs)
    except ObjectDoesNotExist as absent:
        raise Http404 from absent


def page(request: HttpRequest, template: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    """A whole page: what this officer may see now, and what its form was refused for."""
    if "refusal" not in context and (refusal := refusals.held(request)):
        context = {**context, **faults(refusal)}
    return render(request, f"portal/{template}", context, status=status)


def refused(request: HttpRequest, template: str, context: dict[str, Any], refusal: Refused) -> HttpResponse:
    """The page again, with an error summary of every problem."""
    return _with_headers(page(request, template, {**context, **faults(refusal)}, status=refusal.status), refusal)


def faults(refusal: Refused | refusals.Held) -> dict[str, Any]:
    """Context of the error summary and of the fields that it links to."""
    return {"refusal": refusal, "errors": by_field(refusal.problems)}


def by_field(problems: Iterable[Problem]) -> dict[str, list[Problem]]:
    """Problems by the path of their field."""
    grouped: dict[str, list[Problem]] = {}
    for problem in problems:
        grouped.setdefault(problem.field, []).append(problem)
    return grouped


def refused_json(refusal: Refused) -> HttpResponse:
    """A refusal for a script of the portal: title and problems, in the reader's language."""
    body = {"title": str(refusal.title), "problems": [problem.as_dict() for problem in refusal.problems]}
    return _with_headers(JsonResponse(body, status=refusal.status), refusal)


def _with_headers(response: HttpResponse, refusal: Refused) -> HttpResponse:
    """Adds the refusal's ``Retry-After``, if it has one."""
    for name, value in getattr(refusal, "headers", {}).items():
        response.headers[name] = value
    return response


def next_json(to: str, *args: Any) -> JsonResponse:
    """The address that a script of the portal goes to next."""
    return JsonResponse({"next": resolve_url(to, *args)})
