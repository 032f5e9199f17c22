"""Charts as plain numbers: what `templates/_onderdelen/staafdiagram.html` draws."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.formats import number_format
from django.utils.translation import gettext as _

ROW_HEIGHT = 40
TEXT_BASELINE = 16
BAR_TOP = 23
BAR_HEIGHT = 8


@dataclass(frozen=True)
class Staaf:
    """One bar under its own line of text; `text_y` and `bar_y` in pixels, `width` in percent of the drawing."""

    label: str
    text: str
    text_y: int
    bar_y: int
    width: int


@dataclass(frozen=True)
class Staafdiagram:
    """Horizontal bars below each other; `height` and `bar_height` in pixels, the width follows the page."""

    title: str
    summary: str
    label_head: str
    value_head: str
    staven: list[Staaf]
    height: int
    bar_height: int = BAR_HEIGHT


def staafdiagram(
    rows: Iterable[tuple[str, int]], *, title: str, label_head: str, value_head: str, full: int | None = None
) -> Staafdiagram:
    """A chart of `rows` (label, value) in their own order; `full`, else the greatest value, fills the width.

    `label_head` and `value_head` are the column heads of the table below it. Whatever is not zero stays visible.
    Raises ValueError for a value below zero or beyond `full`.
    """
    values = [(str(label), value) for label, value in rows]
    top_label, top = max(values, key=lambda row: row[1], default=("", 0))
    if any(value < 0 for _label, value in values) or (full is not None and top > full):
        raise ValueError("a bar cannot be negative, nor longer than the whole")
    width = full or top
    staven = [
        Staaf(
            label=label,
            text=number_format(value, force_grouping=True),
            text_y=number * ROW_HEIGHT + TEXT_BASELINE,
            bar_y=number * ROW_HEIGHT + BAR_TOP,
            width=max(1, round(100 * value / width)) if value else 0,
        )
        for number, (label, value) in enumerate(values)
    ]
    summary = _("Staafdiagram: %(title)s.") % {"title": title}
    if top:
        summary += " " + _("Het meest: %(label)s, %(value)s.") % {
            "label": top_label,
            "value": number_format(top, force_grouping=True),
        }
    summary += " " + _("De cijfers staan ook in de tabel hieronder.")
    return Staafdiagram(title, summary, label_head, value_head, staven, len(staven) * ROW_HEIGHT)
