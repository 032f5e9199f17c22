"""What the figures about meldingen mean, and how they are reckoned."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field


@dataclass
class Cijfers:
    """The figures about some meldingen in some period.

    `gemeld` came in; `afgesloten` were closed, `op_tijd` of them on the promised date or before; `dagen` holds how many
    took how many calendar days from coming in to closing. `opgelost` and `heropend` are what reporters answered to
    whether it is solved: yes, and no, by which it was opened again.
    """

    gemeld: int = 0
    afgesloten: int = 0
    op_tijd: int = 0
    opgelost: int = 0
    heropend: int = 0
    dagen: Counter[int] = field(default_factory=Counter)

    def add(self, other: Cijfers) -> None:
        """Count those of `other` along."""
        self.gemeld += other.gemeld
        self.afgesloten += other.afgesloten
        self.op_tijd += other.op_tijd
        self.opgelost += other.opgelost
        self.heropend += other.heropend
        self.dagen.update(other.dagen)

    @property
    def is_empty(self) -> bool:
        """Whether nothing at all was counted."""
        return not (self.gemeld or self.afgesloten or self.beantwoord)

    @property
    def beantwoord(self) -> int:
        """How many reporters answered whether it is solved."""
        return self.opgelost + self.heropend

    @property
    def deel_op_tijd(self) -> int | None:
        """The share closed in time, in whole percents; None when nothing was closed."""
        return _percent(self.op_tijd, self.afgesloten)

    @property
    def deel_opgelost(self) -> int | None:
        """The share that is solved according to the reporters who answered, in percents; None when nobody did."""
        return _percent(self.opgelost, self.beantwoord)

    @property
    def mediaan_dagen(self) -> int | None:
        """In how many days half of what was closed was done; None when nothing was closed."""
        half = self.dagen.total() / 2
        seen = 0
        for days, number in sorted(self.dagen.items()):
            seen += number
            if seen >= half:
                return days
        return None


def _percent(part: int, whole: int) -> int | None:
    return round(100 * part / whole) if whole else None
