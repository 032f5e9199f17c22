"""Every write to meldingen: one function for each thing that a resident, a behandelaar or a beheerder does."""

from meldingen.actions.behandelen import change_afdeling, change_categorie, change_status, decide_foto, decide_tekst
from meldingen.actions.inrichten import load_categorieen
from meldingen.actions.melden import (
    Plaats,
    drop_kept_fotos,
    keep_foto,
    purge_orphan_fotos,
    purge_unsent_fotos,
    send_melding,
)

__all__ = [
    "Plaats",
    "change_afdeling",
    "change_categorie",
    "change_status",
    "decide_foto",
    "decide_tekst",
    "drop_kept_fotos",
    "keep_foto",
    "load_categorieen",
    "purge_orphan_fotos",
    "purge_unsent_fotos",
    "send_melding",
]
