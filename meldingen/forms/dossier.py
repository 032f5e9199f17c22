"""What forms in the file of a melding share: the version that they were opened with, and the public explanation."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils import timezone
from django.utils.datastructures import MultiValueDict
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from basis.formulieren import PlainText, VersieForm
from basis.regels import StaleVersion, listed
from meldingen import rules
from meldingen.models import Melding, Tekstblok
from meldingen.rules import Status


class ChangeForm(VersieForm):
    """A staff form on one melding."""

    def __init__(self, *args: Any, melding: Melding, **kwargs: Any) -> None:
        self.melding = melding
        kwargs.setdefault("initial", {})["versie"] = self.newest
        super().__init__(*args, **kwargs)

    @property
    def newest(self) -> int:
        """The version of what this form changes."""
        return self.melding.versie

    def try_action(self, action: Callable[..., Any], **arguments: Any) -> bool:
        """As every form; who comes second keeps what was typed and may send it again, now knowing what changed."""
        if super().try_action(action, **arguments):
            return True
        if isinstance(self.violation, StaleVersion):
            self.catch_up(self.newest)
        return False


def toelichting_field() -> PlainText:
    """The explanation that everybody can read and that is mailed to the reporter."""
    return PlainText(
        label=_("Toelichting"),
        help_text=_("Iedereen kan dit lezen, en de melder krijgt het per mail. Noem geen namen."),
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=rules.MAX_TOELICHTING,
        error_messages={"required": _("Schrijf in een of twee zinnen wat er gebeurt. De melder krijgt dit ook.")},
    )


class TekstblokSelect(forms.Select):
    """A choice of standard texts, each with its words, so that a script can put them in at once."""

    tekstblokken: Mapping[str, tuple[str, list[str]]] = {}

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Django's, with the words and the statuses that they are for."""
        option: dict[str, Any] = super().create_option(name, value, *args, **kwargs)
        if str(value) in self.tekstblokken:
            tekst, statussen = self.tekstblokken[str(value)]
            option["attrs"] |= {"data-tekst": tekst, "data-statussen": " ".join(statussen)}
        return option


class ExplainedForm(ChangeForm):
    """A staff form with a public explanation, which a standard text of the afdeling can begin."""

    standaardtekst = forms.ChoiceField(
        label=_("Standaardtekst"),
        help_text=_("Komt in de toelichting. Maak de tekst daarna passend."),
        required=False,
        widget=TekstblokSelect,
        error_messages={"invalid_choice": _("Deze standaardtekst is er niet meer. Kies een andere.")},
    )

    def __init__(self, *args: Any, melding: Melding, **kwargs: Any) -> None:
        super().__init__(*args, melding=melding, **kwargs)
        if not self.tekstblokken:
            del self.fields["standaardtekst"]
            return
        field = self.fields["standaardtekst"]
        field.choices = [("", _("Kies …")), *((str(one.pk), _title(one)) for one in self.tekstblokken)]  # type: ignore[attr-defined]
        today = timezone.localdate()
        field.widget.tekstblokken = {
            str(one.pk): (one.filled_in(melding, today), one.statussen) for one in self.tekstblokken
        }
        self.order_fields([*(name for name in self.fields if name not in _LAST), *_LAST])

    @cached_property
    def tekstblokken(self) -> list[Tekstblok]:
        """What can be chosen: for the status that the melding has or, where that is asked, may get."""
        possible = rules.next_statuses(self.melding) if "status" in self.fields else [Status(self.melding.status)]
        found = Tekstblok.objects.offered_for(self.melding)
        return [one for one in found if any(one.fits(status) for status in possible)]

    def put_in(self, typed: QueryDict) -> None:
        """Show what was `typed`, with the chosen standard text after what was explained; nothing is checked yet."""
        # By their widgets: what was unticked is not sent, and several ticks are a list.
        sent = {
            name: field.widget.value_from_datadict(typed, MultiValueDict(), self.add_prefix(name))
            for name, field in self.fields.items()
        }
        self.initial = {**self.initial, **sent}
        chosen = next((one for one in self.tekstblokken if str(one.pk) == typed.get("standaardtekst")), None)
        if chosen:
            words = [typed.get("toelichting", "").strip(), chosen.filled_in(self.melding, timezone.localdate())]
            self.initial["toelichting"] = "\n".join(word for word in words if word)
            self.initial["standaardtekst"] = ""

    def action_arguments(self) -> dict[str, Any]:
        """Without the standard text: what counts is what stands in the explanation."""
        return {name: value for name, value in super().action_arguments().items() if name != "standaardtekst"}


#: The explanation is what people write last.
_LAST = ["standaardtekst", "toelichting"]


def _title(tekstblok: Tekstblok) -> str:
    """What a standard text is called, and with which statuses it is offered where not with all of them."""
    if not tekstblok.statussen:
        return tekstblok.titel
    labels = listed(Status(one).label for one in tekstblok.statussen)
    return gettext("%(titel)s (bij %(statussen)s)") % {"titel": tekstblok.titel, "statussen": labels}
