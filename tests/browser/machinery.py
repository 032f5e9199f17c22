"""Pages with and without faults, for the tests of the machinery itself."""

from django.http import HttpRequest, HttpResponse
from django.urls import path

from gebruikers.models import Afdeling

FRAME = """<!doctype html>
<html lang="nl">
<head><title>Proef</title><meta name="viewport" content="width=device-width">{head}</head>
<body><main>{body}</main></body>
</html>"""


def show(head: str = "", body: str = "", status: int = 200) -> HttpResponse:
    return HttpResponse(FRAME.format(head=head, body=body), status=status)


def sound(request: HttpRequest) -> HttpResponse:
    return show(body="<h1>Goed</h1><p>Niets aan de hand.</p>")


def inline_style(request: HttpRequest) -> HttpResponse:
    return show(body='<h1 style="color: red">Rood</h1>')


def failing_script(request: HttpRequest) -> HttpResponse:
    return show(head='<script src="/fout.js"></script>', body="<h1>Script</h1>")


def script(request: HttpRequest) -> HttpResponse:
    return HttpResponse('throw new Error("stuk");', content_type="text/javascript")


def missing_file(request: HttpRequest) -> HttpResponse:
    return show(body='<h1>Zonder beeld</h1><img src="/weg.svg" alt="Een beeld">')


def other_host(request: HttpRequest) -> HttpResponse:
    return show(body='<h1>Weg</h1><p><a href="https://www.voorbeeld.example/">Weg van hier</a></p>')


def wide_and_unnamed(request: HttpRequest) -> HttpResponse:
    return show(body='<h1>Breed</h1><img src="/pixel.svg" width="900" height="10">')


def no_such_address(request: HttpRequest, exception: Exception) -> HttpResponse:
    return show(body="<h1>Niet gevonden</h1>", status=404)


def pixel(request: HttpRequest) -> HttpResponse:
    return HttpResponse('<svg xmlns="http://www.w3.org/2000/svg"/>', content_type="image/svg+xml")


def afdelingen(request: HttpRequest) -> HttpResponse:
    return show(body="".join(f"<li>{naam}</li>" for naam in Afdeling.objects.values_list("naam", flat=True)))


handler404 = no_such_address
urlpatterns = [
    path("afdelingen/", afdelingen),
    path("goed/", sound),
    path("stijl/", inline_style),
    path("script/", failing_script),
    path("fout.js", script),
    path("bestand/", missing_file),
    path("ander/", other_host),
    path("breed/", wide_and_unnamed),
    path("pixel.svg", pixel),
]
