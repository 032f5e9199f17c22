"""Addresses of agenda."""

from django.urls import path

from agenda import views

urlpatterns = [path("agenda/", views.agendas, name="agendas")]
