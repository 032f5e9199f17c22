"""Every write about areas: the import of borders, and what a Gebiedsteam keeps itself."""

from gebieden.actions.editing import (
    add_teamlid,
    link_account,
    move_teamlid,
    remove_teamlid,
    update_inleiding,
    update_teamlid,
)
from gebieden.actions.importing import Verslag, import_gebieden

__all__ = [
    "Verslag",
    "add_teamlid",
    "import_gebieden",
    "link_account",
    "move_teamlid",
    "remove_teamlid",
    "update_inleiding",
    "update_teamlid",
]
