"""Every write about areas and outside bodies: the import of borders, what Gebiedsteams and beheerders keep."""

from gebieden.actions.editing import (
    add_teamlid,
    link_account,
    move_teamlid,
    remove_teamlid,
    update_inleiding,
    update_teamlid,
)
from gebieden.actions.importing import Verslag, import_gebieden
from gebieden.actions.organisaties import save_organisatie

__all__ = [
    "Verslag",
    "add_teamlid",
    "import_gebieden",
    "link_account",
    "move_teamlid",
    "remove_teamlid",
    "save_organisatie",
    "update_inleiding",
    "update_teamlid",
]
