"""Every write to meldingen: one function for each thing that people and other systems do."""

from meldingen.actions.behandelen import (
    change_afdeling,
    change_categorie,
    change_promise,
    change_status,
    decide_foto,
    decide_tekst,
    note_contact_seen,
)
from meldingen.actions.deeltaken import ask_deeltaak, finish_deeltaak, withdraw_deeltaak
from meldingen.actions.gegevens import change_contact, confirm_new_email, erase, refuse_new_email
from meldingen.actions.inrichten import (
    appoint_behandelaar,
    dismiss_behandelaar,
    load_categorieen,
    remove_groep,
    remove_tekstblok,
    save_categorie,
    save_groep,
    save_tekstblok,
)
from meldingen.actions.koppelen import (
    add_aanvulling,
    add_koppeling,
    change_koppeling,
    deliver_melding,
    ensure_example_koppeling,
    note_use,
    renew_sleutel,
    revoke_sleutel,
)
from meldingen.actions.lakken import black_out_foto, black_out_tekst
from meldingen.actions.melden import (
    Plaats,
    drop_kept_fotos,
    enter_melding,
    keep_foto,
    purge_orphan_fotos,
    purge_unsent_fotos,
    send_melding,
)
from meldingen.actions.melder import answer_question, judge_solved
from meldingen.actions.notities import add_notitie, correct_notitie, remove_notitie
from meldingen.actions.overdrachten import (
    answer_navraag,
    ask_about_overdracht,
    finish_overdracht,
    hand_over,
    remind_organisaties,
    repeat_link,
    return_overdracht,
    take_overdracht,
)
from meldingen.actions.routeren import remove_routeregel, save_routeregel
from meldingen.actions.termijnen import announce_overdue, end_follows_of_finished, remind_reporters
from meldingen.actions.verdelen import Outcome, assign, note_export, run_each, set_prioriteit
from meldingen.actions.vernietigen import purge_bewaard
from meldingen.actions.zoekopdrachten import remove_zoekopdracht, rename_zoekopdracht, save_zoekopdracht

__all__ = [
    "Outcome",
    "Plaats",
    "add_aanvulling",
    "add_koppeling",
    "add_notitie",
    "announce_overdue",
    "answer_navraag",
    "answer_question",
    "appoint_behandelaar",
    "ask_about_overdracht",
    "ask_deeltaak",
    "assign",
    "black_out_foto",
    "black_out_tekst",
    "change_afdeling",
    "change_categorie",
    "change_contact",
    "change_koppeling",
    "change_promise",
    "change_status",
    "confirm_new_email",
    "correct_notitie",
    "decide_foto",
    "decide_tekst",
    "deliver_melding",
    "dismiss_behandelaar",
    "drop_kept_fotos",
    "end_follows_of_finished",
    "ensure_example_koppeling",
    "enter_melding",
    "erase",
    "finish_deeltaak",
    "finish_overdracht",
    "hand_over",
    "judge_solved",
    "keep_foto",
    "load_categorieen",
    "note_contact_seen",
    "note_export",
    "note_use",
    "purge_bewaard",
    "purge_orphan_fotos",
    "purge_unsent_fotos",
    "refuse_new_email",
    "remind_organisaties",
    "remind_reporters",
    "remove_groep",
    "remove_notitie",
    "remove_routeregel",
    "remove_tekstblok",
    "remove_zoekopdracht",
    "rename_zoekopdracht",
    "renew_sleutel",
    "repeat_link",
    "return_overdracht",
    "revoke_sleutel",
    "run_each",
    "save_categorie",
    "save_groep",
    "save_routeregel",
    "save_tekstblok",
    "save_zoekopdracht",
    "send_melding",
    "set_prioriteit",
    "take_overdracht",
    "withdraw_deeltaak",
]
