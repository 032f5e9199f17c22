"""Every write of initiatieven: one function for each thing that a person or the worker does."""

from initiatieven.actions.gebiedsteam import announce_waiting, decide_foto, note_contact_seen, publish, send_back
from initiatieven.actions.maken import (
    Idee,
    Maker,
    Plaats,
    drop_kept_fotos,
    edit_concept,
    keep_foto,
    offer,
    purge_orphan_fotos,
    purge_unsent_fotos,
    save_concept,
    withdraw,
)

__all__ = [
    "Idee",
    "Maker",
    "Plaats",
    "announce_waiting",
    "decide_foto",
    "drop_kept_fotos",
    "edit_concept",
    "keep_foto",
    "note_contact_seen",
    "offer",
    "publish",
    "purge_orphan_fotos",
    "purge_unsent_fotos",
    "save_concept",
    "send_back",
    "withdraw",
]
