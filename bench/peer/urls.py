"""Addresses of the peer."""

from django.urls import path

from bench.peer import views

urlpatterns = [
    path("motions/", views.Motions.as_view(), name="motions"),
    path("motions/<uuid:uid>/", views.OneMotion.as_view(), name="motion"),
    path("acts/<uuid:uid>/signature/", views.Signature.as_view(), name="signature"),
]
