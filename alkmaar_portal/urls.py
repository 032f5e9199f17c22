"""All addresses of the portal (DESIGN, section 8)."""

from django.urls import path

urlpatterns: list = []
