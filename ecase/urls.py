"""Root URL configuration."""

from django.contrib import admin
from django.urls import include, path

from api import problem_pages

handler400 = "api.problems.bad_request"
handler500 = "api.server_errors.answer"

urlpatterns = [
    path("admin/", admin.site.urls),
    path("api/", include("api.urls")),
    path("problems/<slug:slug>", problem_pages.show, name="problem"),
    path("i18n/", include("django.conf.urls.i18n")),
    path("", include("ecase.portal.urls")),
]
