"""The endpoints of Open311. Each gives an `Answer`; `endpoint` makes a response of it in the asked format."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any, TypeVar

from django.conf import settings
from django.core.exceptions import BadRequest, PermissionDenied, SuspiciousOperation
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_safe

from basis.fotos import FotoStorageError
from basis.intake import refuses_with, takes_files
from basis.programmas import absolute, readable_by_all
from basis.regels import RuleViolation
from meldingen import actions
from meldingen.actions.koppelen import EXAMPLE_SLEUTEL
from meldingen.bevestiging import may_confirm
from meldingen.models import Aanlevering, Categorie, Foto, Koppeling, Melding, MeldingQuerySet, Stap
from meldingen.open311 import rules, shapes
from meldingen.open311.answers import CONTENT_TYPES, Answer, Refused
from meldingen.open311.forms import PageQuestion, Question, RequestForm, RequestsQuestion, UpdateForm
from meldingen.open311.toegang import count_reading, koppeling_of
from meldingen.rules import Status

READ, WRITE = ("GET", "HEAD"), ("POST",)
#: For how many seconds anybody may keep what changes with each melding, and what hardly changes.
FRESH, STABLE = 60, 300
#: When to come back while the database is away or photos can't be kept, in seconds.
RETRY_AFTER = 60

View = Callable[..., Answer]
QuestionT = TypeVar("QuestionT", bound=Question)


@require_safe
def open311(request: HttpRequest) -> HttpResponse:
    """The page for developers."""
    context = {
        "example_sleutel": EXAMPLE_SLEUTEL,
        "url": absolute("/open311/v2"),
        "section": "meldingen",
    }
    return render(request, "meldingen/open311.html", context)


def endpoint(*methods: str) -> Callable[[View], Callable[..., HttpResponse]]:
    """Decorator: answer in the format of the address, mistakes too, to these methods.

    Without the protection of forms in a page: a key makes the difference here, never a cookie.
    """

    def decorate(view: View) -> Callable[..., HttpResponse]:
        def too_large(request: HttpRequest, status: int, sentence: str) -> HttpResponse:
            return _refusal(Refused(status, sentence), _format(request.path_info), methods)

        @refuses_with(too_large)
        @csrf_exempt
        @sensitive_post_parameters()
        @wraps(view)
        def answered(request: HttpRequest, extension: str, **kwargs: Any) -> HttpResponse:
            chosen = _format(extension)
            try:
                if extension.lower() != chosen:
                    raise Refused(404, _("Dit adres bestaat niet. Kies .xml of .json."))
                _check_request(request, methods)
                if request.method in READ:
                    count_reading()
                response = view(request, **kwargs).as_response(chosen)
            except Refused as refused:
                response = _refusal(refused, chosen, methods)
            except (SuspiciousOperation, BadRequest, MultiPartParserError, UnreadablePostError):
                response = _refusal(_unreadable(), chosen, methods)
            except (OperationalError, InterfaceError):
                response = _refusal(_database_away(), chosen, methods)
            return readable_by_all(response) if request.method in READ else response

        return answered

    return decorate


@endpoint(*READ)
def discovery(request: HttpRequest) -> Answer:
    """Where this service is, and what it speaks."""
    return Answer("discovery", shapes.discovery(), max_age=STABLE)


@endpoint(*READ)
def services(request: HttpRequest) -> Answer:
    """What meldingen can be about."""
    rows = [shapes.service(categorie) for categorie in Categorie.objects.in_use().public()]
    return Answer("services", rows, max_age=STABLE)


@endpoint(*READ)
def service(request: HttpRequest, code: str) -> Answer:
    """What a client may send along with a melding of one kind."""
    return Answer("service_definition", shapes.definition(_service(code)), max_age=STABLE)


@takes_files(number=settings.FOTO_MAX_NUMBER, of_bytes=settings.FOTO_MAX_BYTES)
@endpoint(*READ, *WRITE)
def requests(request: HttpRequest) -> Answer:
    """Meldingen that fit the question; or, by POST, a new one."""
    if request.method in WRITE:
        return _take_in(request, koppeling_of(request))
    question = _valid(RequestsQuestion(request.GET))
    categorieen = {categorie.pk: categorie for categorie in Categorie.objects.public()}
    values = question.cleaned_data
    found = Melding.objects.of_categorieen(categorieen.values())
    if values["service_request_id"]:
        found = found.with_nummers(values["service_request_id"])
    else:
        if values["service_code"]:
            found = found.of_categorieen(_chosen(categorieen.values(), values["service_code"]))
        start, end = rules.window(values["start_date"], values["end_date"], timezone.now(), rules.DEFAULT_PERIOD)
        found = found.reported_between(start, end)
        if values["status"]:
            found = found.filter(status__in=rules.statuses_of(values["status"]))
    meldingen = list(found.for_open311()[values["rows"]])
    return Answer("service_requests", shapes.requests(meldingen, categorieen), max_age=FRESH)


@endpoint(*READ)
def one_request(request: HttpRequest, nummer: str) -> Answer:
    """One melding, in a list like several."""
    categorieen = {categorie.pk: categorie for categorie in Categorie.objects.public()}
    meldingen = list(_public(nummer).for_open311())
    if not meldingen:
        raise _no_melding()
    return Answer("service_requests", shapes.requests(meldingen, categorieen), max_age=FRESH)


@endpoint(*READ)
def token(request: HttpRequest, token: str) -> Answer:
    """The number that a token became. Numbers are given at once: each is its own token."""
    if not _public(token).exists():
        raise _no_melding()
    return Answer("service_requests", [{"service_request_id": token, "token": token}], max_age=FRESH)


@endpoint(*READ, *WRITE)
def updates(request: HttpRequest) -> Answer:
    """What happened to meldingen; or, by POST, what a reporter adds to one."""
    if request.method in WRITE:
        return _add_update(request, koppeling_of(request))
    values = _valid(PageQuestion(request.GET)).cleaned_data
    start, end = rules.window(values["start_date"], values["end_date"], timezone.now(), rules.DEFAULT_UPDATES_PERIOD)
    steps = Stap.objects.public().changes_between(start, end).filter(melding__categorie__in=Categorie.objects.public())
    return Answer("service_request_updates", [shapes.update(step) for step in steps[values["rows"]]], max_age=FRESH)


@refuses_with(lambda request, status, sentence: _not_there(request, extension=_format(request.path_info)))
@csrf_exempt
def unknown(request: HttpRequest, rest: str) -> HttpResponse:
    """Whatever else is asked for: not there, in the format that the address ends in."""
    return _not_there(request, extension=_format(rest))


@endpoint("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
def _not_there(request: HttpRequest) -> Answer:
    raise Refused(404, _("Dit adres bestaat niet."))


def _format(path: str) -> str:
    """In which format to answer whoever asks for `path`: as it ends, else the one that every client reads."""
    extension = path.rpartition(".")[2].lower()
    return extension if extension in CONTENT_TYPES else "xml"


def _check_request(request: HttpRequest, methods: tuple[str, ...]) -> None:
    """Raise Refused for a method that is not there, and for an encoding in which bytes may mean anything."""
    if request.method not in methods:
        raise Refused(400, _("Dat kan hier niet. Gebruik %(methods)s.") % {"methods": ", ".join(methods)})
    if (request.encoding or "utf-8").lower() not in {"utf-8", "utf8"}:
        raise Refused(400, _("Stuur tekst als UTF-8."))


def _refusal(refused: Refused, extension: str, methods: tuple[str, ...]) -> HttpResponse:
    response = refused.answer.as_response(extension)
    response["Allow"] = ", ".join(methods)
    if refused.retry_after:
        response["Retry-After"] = str(refused.retry_after)
    return response


def _unreadable() -> Refused:
    return Refused(400, _("We kunnen dit verzoek niet lezen. Het is te groot of niet goed opgebouwd."))


def _database_away() -> Refused:
    return Refused(503, _("Het portaal is even niet bereikbaar. Probeer het later opnieuw."), retry_after=RETRY_AFTER)


def _valid(question: QuestionT) -> QuestionT:
    """The question itself, when all of it is understood."""
    if not question.is_valid():
        raise Refused(400, *question.sentences)
    return question


def _service(code: str) -> Categorie:
    """The category that can be chosen under this code; raises Refused (404), also for one that is not public."""
    return _chosen(Categorie.objects.in_use().public(), [code])[0]


def _chosen(categorieen: Iterable[Categorie], codes: list[str]) -> list[Categorie]:
    """Those of `categorieen` with these codes; raises Refused (404) when one of the codes is unknown."""
    known = {categorie.slug: categorie for categorie in categorieen}
    missing = [code for code in codes if code not in known]
    if missing:
        raise Refused(404, _("Deze service_code bestaat niet: %(codes)s.") % {"codes": ", ".join(missing)})
    return [known[code] for code in codes]


def _public(nummer: str) -> MeldingQuerySet:
    """The melding with this number, if everybody may know of it."""
    return Melding.objects.public().with_nummers([nummer])


def _no_melding() -> Refused:
    return Refused(404, _("Er is geen melding met dit nummer."))


def _take_in(request: HttpRequest, koppeling: Koppeling) -> Answer:
    """A new melding, or the one that it was when it came before."""
    code = request.POST.get("service_code", "").strip()
    if not code:
        raise Refused(400, _("service_code ontbreekt."))
    form = _valid(RequestForm(request.POST, request.FILES, categorie=_service(code)))
    known = Aanlevering.objects.same_again(koppeling, form.kenmerk, since=timezone.now() - rules.RESEND_TERM)
    return Answer("service_requests", [shapes.receipt(known or _deliver(form, koppeling))])


def _deliver(form: RequestForm, koppeling: Koppeling) -> Melding:
    """Keep the photos and take in the melding; of the same one twice at once, one is taken in."""
    inzending = Aanlevering.objects.next_inzending(koppeling, form.kenmerk)
    plaats = form.find_plaats()
    try:
        prepared = form.accepted_fotos() if plaats else []
        _valid(form)
        # What came along now is what counts, whatever is left of an earlier try that ended halfway.
        others = Foto.objects.kept_for(inzending).exclude(sha256__in=[foto.sha256 for foto in prepared])
        actions.drop_kept_fotos(inzending=inzending, uuids=others.values_list("uuid", flat=True))
        for foto in prepared:
            actions.keep_foto(inzending=inzending, prepared=foto)
    except FotoStorageError as fault:
        raise Refused(503, str(fault), retry_after=RETRY_AFTER) from fault
    return actions.deliver_melding(
        koppeling=koppeling,
        kenmerk=form.kenmerk,
        eigen_nummer=form.number,
        inzending=inzending,
        plaats=plaats,
        confirm=may_confirm(form.cleaned_data["email"]),
        **form.action_arguments(),
    )


def _add_update(request: HttpRequest, koppeling: Koppeling) -> Answer:
    """What a reporter says through a client, for the behandelaar; or that it is not solved after all."""
    form = _valid(UpdateForm(request.POST))
    melding = _public(form.cleaned_data["service_request_id"]).first()
    if melding is None:
        raise _no_melding()
    try:
        rules.check_update_status(form.cleaned_data["status"], Status(melding.status))
        step = actions.add_aanvulling(koppeling=koppeling, melding=melding, **form.action_arguments())
    except RuleViolation as violation:
        raise Refused(400, str(violation)) from violation
    except PermissionDenied as denied:
        raise Refused(403, _("U kunt alleen meldingen aanvullen die u zelf heeft gestuurd.")) from denied
    return Answer("service_request_updates", [{"update_id": step.kenmerk}])
