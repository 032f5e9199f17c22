"""What a request must be like before any view sees it: not too large, in UTF-8, and only text that can be kept.

One place for every page and form, so that no view has to think of it. What is refused here never reaches a database,
a session or a mail, and a body that is too large is not read.
"""

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, TooManyFilesSent
from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict, UnreadablePostError
from django.shortcuts import render
from django.utils.http import parse_header_parameters
from django.utils.translation import gettext as _

View = TypeVar("View", bound=Callable[..., Any])
#: Makes an answer of the request, a status and a sentence.
Refuse = Callable[[HttpRequest, int, str], HttpResponse]
Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]

MB = 1024**2
#: What the parts of a form cost besides their content.
_AROUND_FILES = 64 * 1024


def takes_files(*, number: int, of_bytes: int) -> Callable[[View], View]:
    """Let a view take forms with files: at most `number`, each of `of_bytes`, and the usual text beside them.

    Without it a request brings no more than DATA_UPLOAD_MAX_MEMORY_SIZE. Each form says at its field what is wrong
    with a file; here only the whole counts.
    """

    def mark(view: View) -> View:
        view.takes_files = {"number": number, "of_bytes": of_bytes}  # type: ignore[attr-defined]
        return view

    return mark


def refuses_with(answer: Refuse) -> Callable[[View], View]:
    """Let a view for programs tell in its own shape that a body is too large, by `answer`.

    Such a view also checks by itself what stands in its fields.
    """

    def mark(view: View) -> View:
        view.refuses_with = answer  # type: ignore[attr-defined]
        return view

    return mark


class Intake:
    """Middleware: refuse what no page can use, with a page that says what is allowed.

    It stands before the session, because a cookie is looked up, and before CSRF, which reads the whole body.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Forget cookies that nobody can have got from us: as if the browser had none, so that the page appears."""
        for name in [name for name, value in request.COOKIES.items() if not is_storable(name + value)]:
            del request.COOKIES[name]
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponse], args: Any, kwargs: Any
    ) -> HttpResponse | None:
        """Answer instead of `view`: 413 or 411 for the size of the body, 400 for what is in it."""
        allowed = getattr(view, "takes_files", None)
        refuse: Refuse | None = getattr(view, "refuses_with", None)
        if "Transfer-Encoding" in request.headers:
            # Django would take such a body for an empty one. Browsers always say how long a form is.
            if refuse:
                return refuse(request, 411, _("Zeg met Content-Length hoe groot het is."))
            return render(request, "413.html", {"without_length": True}, status=411)
        if _length(request) > _limit(allowed):
            if refuse:
                return refuse(request, 413, _("Dit is te groot: hoogstens %(mb)d MB.") % {"mb": _limit(allowed) // MB})
            return _too_large(request, allowed)
        if refuse:
            return None
        if (request.encoding or "utf-8").lower() not in ("utf-8", "utf8"):
            request.encoding = "utf-8"
            return _not_understood(request)
        try:
            sent = [request.GET, request.POST]
        except (RequestDataTooBig, TooManyFilesSent):
            request.POST = QueryDict()
            return _too_large(request, allowed)
        except UnreadablePostError:
            return _not_understood(request)
        if not all(is_storable(text) for text in [request.path_info, *_texts(sent)]):
            return _not_understood(request)
        return None


def is_storable(text: str) -> bool:
    """Whether every database, session and mail can hold `text`: no NUL, and no half of a pair of surrogates."""
    return "\0" not in text and not any("\ud800" <= char <= "\udfff" for char in text)


def readable_content_type(application: Wsgi) -> Wsgi:
    """Leave out a Content-Type that cannot be read, or whose charset is no writing ("hex").

    Django reads it before any middleware, and would fail.
    """

    def wrapped(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        try:
            _kind, parameters = parse_header_parameters(environ.get("CONTENT_TYPE", ""))
            b"a".decode(parameters.get("charset", "utf-8"))
        except Exception:  # Whatever the parser of mail headers and the codecs find to raise.
            environ["CONTENT_TYPE"] = ""
        return application(environ, start_response)

    return wrapped


def _not_understood(request: HttpRequest) -> HttpResponse:
    """The page that says so, or for scripts a reason in JSON."""
    if request.path_info.endswith(".json"):
        return JsonResponse({"fout": _("Hier staan tekens in die we niet kunnen lezen.")}, status=400)
    return render(request, "400.html", status=400)


def _length(request: HttpRequest) -> int:
    """How many bytes the body has, by its own word; nobody reads more than that."""
    try:
        return int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:  # Django, too, then reads nothing.
        return 0


def _limit(allowed: dict[str, int] | None) -> int:
    limit: int = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    return limit + allowed["number"] * allowed["of_bytes"] + _AROUND_FILES if allowed else limit


def _too_large(request: HttpRequest, allowed: dict[str, int] | None) -> HttpResponse:
    context = {"text_mb": settings.DATA_UPLOAD_MAX_MEMORY_SIZE // MB}
    if allowed:
        context |= {"number": allowed["number"], "file_mb": allowed["of_bytes"] // MB}
    return render(request, "413.html", context, status=413)


def _texts(sent: Iterable[QueryDict]) -> Iterable[str]:
    """Every name and every value."""
    return (text for query in sent for name, values in query.lists() for text in (name, *values))
