"""Every write to meldingen: one function for each thing that a resident, a behandelaar or a beheerder does."""

from meldingen.actions.behandelen import (
    change_afdeling,
    change_categorie,
    change_status,
    decide_foto,
    decide_tekst,
    note_contact_seen,
)
from meldingen.actions.inrichten import (
    appoint_behandelaar,
    dismiss_behandelaar,
    load_categorieen,
    remove_groep,
    save_categorie,
    save_groep,
)
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
    "appoint_behandelaar",
    "change_afdeling",
    "change_categorie",
    "change_status",
    "decide_foto",
    "decide_tekst",
    "dismiss_behandelaar",
    "drop_kept_fotos",
    "keep_foto",
    "load_categorieen",
    "note_contact_seen",
    "purge_orphan_fotos",
    "purge_unsent_fotos",
    "remove_groep",
    "save_categorie",
    "save_groep",
    "send_melding",
]
