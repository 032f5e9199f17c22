"""Addresses of initiatieven."""

from django.urls import path

from initiatieven import views

urlpatterns = [path("initiatieven/", views.initiatieven, name="initiatieven")]
