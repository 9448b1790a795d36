"""The admin, and a page under the name of the portal's sign-in."""

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.urls import include, path


def page(request: HttpRequest) -> HttpResponse:
    return HttpResponse("sign in")


portal = ([path("sign-in/", page, name="sign-in"), path("", page, name="home")], "portal")
urlpatterns = [path("admin/", admin.site.urls), path("", include(portal))]
