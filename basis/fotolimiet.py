"""How many photos a visitor may send, with whichever form."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.translation import gettext as _

from basis import limieten
from basis.formulieren import ActionForm
from basis.limieten import LimitReached


def count_fotos(request: HttpRequest) -> LimitReached | None:
    """Count the photos that came along; gives the limit that they go beyond, if any: then nobody looks at them."""
    try:
        for _foto in request.FILES.getlist("foto"):
            limieten.count("foto", by=request.user)
    except LimitReached as reached:
        return reached
    return None


def refuse_fotos(form: ActionForm, limit: LimitReached) -> None:
    """Say at the form that its photos were too many, and when to come back."""
    sentence = _(
        "Er kwamen in korte tijd veel foto’s. Om %(clock)s uur kunt u weer een foto meesturen. "
        "Zonder foto kunt u nu verder."
    )
    form.refuse(limit, sentence, field="foto")
