"""Root URL configuration."""

from django.contrib import admin
from django.urls import include, path

handler400 = "api.problems.bad_request"
handler500 = "api.server_errors.answer"

urlpatterns = [
    path("admin/", admin.site.urls),
    path("api/", include("api.urls")),
    path("i18n/", include("django.conf.urls.i18n")),
    path("", include("ecase.portal.urls")),
]
