"""Django's admin for reference data: sign-in as in the portal, and every change in the audit log."""

from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.admin import AdminSite
from django.contrib.admin.apps import AdminConfig
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

# Models cannot be imported here: Django reads this module while it is still loading the applications.
ADMINISTRATOR = "administrator"


class EcaseAdminConfig(AdminConfig):
    """``django.contrib.admin`` with :class:`EcaseAdminSite` as its site."""

    default_site = "ecase.officers.admin_site.EcaseAdminSite"


class EcaseAdminSite(AdminSite):
    """Reference data, for administrators who have signed in with their certificate."""

    site_header = _("ecase: reference data")
    site_title = _("ecase: reference data")
    index_title = _("Reference data")

    def has_permission(self, request: HttpRequest) -> bool:
        """Whether the session was opened in an administrator's post; another post of the same person is not enough."""
        post = getattr(request, "post", None)
        return bool(request.user.is_active and post is not None and post.role == ADMINISTRATOR)

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:
        """Every view of this site; one that changes data requires a signature of the last few minutes.

        The submitted form is kept in the session meanwhile, and shown again for the change to be made.
        """
        inner = super().admin_view(view, cacheable)

        @wraps(inner)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            from ecase.officers import sessions

            if request.method == "POST" and self.has_permission(request) and not sessions.is_confirmed(request):
                sessions.hold(request)
                return redirect(settings.CONFIRM_URL)
            return inner(request, *args, **kwargs)

        return guarded

    def login(self, request: HttpRequest, extra_context: dict[str, object] | None = None) -> HttpResponse:
        """There is no password form: redirects to the portal's sign-in and back."""
        home = reverse("admin:index", current_app=self.name)
        if self.has_permission(request):
            return redirect(home)
        return redirect(f"{reverse(settings.LOGIN_URL)}?{urlencode({'next': request.GET.get('next') or home})}")
