"""How a rule says no."""

from collections.abc import Iterable

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class RuleViolation(Exception):
    """A rule forbids what was asked; `str()` of it is one sentence for people.

    `field` names the form field it belongs to, where there is one.
    """

    def __init__(self, message: str | Promise, *, field: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.field = field

    def __str__(self) -> str:
        return str(self.message)


class StaleVersion(RuleViolation):
    """Somebody else changed the row since the form was opened."""


def check_versie(found: int, opened: int) -> None:
    """Raise StaleVersion when the row has moved on since the form was opened with version `opened`."""
    if found != opened:
        raise StaleVersion(
            _(
                "Iemand anders heeft dit intussen gewijzigd. Wat u invulde, is nog niet bewaard. "
                "Kijk wat er veranderde, pas aan wat nodig is en verstuur opnieuw."
            )
        )


def listed(words: Iterable[object]) -> str:
    """`words` as people write them: "a, b en c"."""
    texts = [str(word) for word in words]
    return texts[0] if len(texts) == 1 else f"{', '.join(texts[:-1])} en {texts[-1]}" if texts else ""
