"""Helpers of every view: who may come in, finding what is visible, answers for pages, for htmx and for scripts."""

from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, cast

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import ObjectDoesNotExist, PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import render, resolve_url
from django_htmx.http import HttpResponseClientRedirect
from django_htmx.middleware import HtmxDetails

from ecase.cases.integrity import Altered
from ecase.officers.models import Post
from ecase.problems import Problem, Refused

P = ParamSpec("P")


class PortalRequest(HttpRequest):
    """A request of an officer who is signed in, in the post that the session was opened in."""

    post: Post
    htmx: HtmxDetails


View = Callable[Concatenate[PortalRequest, P], HttpResponseBase]
PlainView = Callable[Concatenate[HttpRequest, P], HttpResponseBase]


def for_officers(view: View[P]) -> PlainView[P]:
    """Let in whoever acts in a current post; send everybody else to the sign-in page and back."""

    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if getattr(request, "post", None) is None:
            return _to_sign_in(request)
        try:
            return view(cast(PortalRequest, request), *args, **kwargs)
        except Altered as refusal:
            return refused(request, "file_altered.html", {}, refusal)

    return wraps(view)(guarded)


def for_roles(*roles: str) -> Callable[[View[P]], PlainView[P]]:
    """Let in the posts of some roles only."""

    def decorate(view: View[P]) -> PlainView[P]:
        def guarded(request: PortalRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            if request.post.role not in roles:
                raise PermissionDenied
            return view(request, *args, **kwargs)

        return for_officers(wraps(view)(guarded))

    return decorate


def or_404(find: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """What ``find`` finds; 404 for what is not there or not visible, so that guessing an id tells nothing."""
    try:
        return find(*args, **kwargs)
    except ObjectDoesNotExist as absent:
        raise Http404 from absent


def page(request: HttpRequest, template: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    """A whole page, never kept by caches: it shows what this officer may see now."""
    response = render(request, f"portal/{template}", context, status=status)
    response["Cache-Control"] = "private, no-store"
    return response


def refused(request: HttpRequest, template: str, context: dict[str, Any], refusal: Refused) -> HttpResponse:
    """The page again, headed by a summary of every problem."""
    return _with_headers(page(request, template, {**context, **faults(refusal)}, status=refusal.status), refusal)


def faults(refusal: Refused) -> dict[str, Any]:
    """Context of the error summary and of the fields that it points to."""
    return {"refusal": refusal, "errors": by_field(refusal.problems)}


def by_field(problems: Iterable[Problem]) -> dict[str, list[Problem]]:
    """Problems by the path of their field."""
    grouped: dict[str, list[Problem]] = {}
    for problem in problems:
        grouped.setdefault(problem.field, []).append(problem)
    return grouped


def refused_json(refusal: Refused) -> HttpResponse:
    """A refusal for a script of ours: title and problems, in the reader's language."""
    body = {"title": str(refusal.title), "problems": [problem.as_dict() for problem in refusal.problems]}
    return _with_headers(JsonResponse(body, status=refusal.status), refusal)


def _with_headers(response: HttpResponse, refusal: Refused) -> HttpResponse:
    """When to come again, where the refusal says so."""
    for name, value in getattr(refusal, "headers", {}).items():
        response.headers[name] = value
    return response


def next_json(to: str, *args: Any) -> JsonResponse:
    """Tell a script of ours where to go."""
    return JsonResponse({"next": resolve_url(to, *args)})


def _to_sign_in(request: HttpRequest) -> HttpResponseBase:
    """To the sign-in and back to where the officer was: to the page, where only a part of it was asked for."""
    htmx = getattr(request, "htmx", None)
    if htmx:
        return HttpResponseClientRedirect(f"{redirect_to_login(htmx.current_url_abs_path or '/')['Location']}&ended=1")
    return redirect_to_login(request.get_full_path())
