"""Every write on accounts and afdelingen. What must be told to somebody is announced in the same transaction."""

from importlib import import_module

from allauth.account import app_settings
from allauth.account.adapter import get_adapter
from allauth.account.utils import user_pk_to_url_str
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from basis import spoor
from gebruikers import rules
from gebruikers.models import Afdeling, Gebruiker
from gebruikers.rules import Handeling
from gebruikers.voorbeeld import ExampleAccount


def ensure_bewoner(*, email: str) -> Gebruiker:
    """The account with this address; where there is none yet, a resident's, without a password.

    A new one counts only once somebody proved to own the address (`confirm_email`); until then it can be purged.
    """
    gebruiker, _created = Gebruiker.objects.get_or_create(
        email=rules.normal_email(email), defaults={"password": make_password(None)}
    )
    return gebruiker


def explain_no_code(*, gebruiker: Gebruiker) -> None:
    """Tell the owner of an address that no code opens this account, and what does."""
    template = "inloggen_medewerker" if gebruiker.is_active else "account_staat_uit"
    get_adapter().announce(template=template, to=gebruiker.email or "", context={})


@transaction.atomic
def confirm_email(*, gebruiker_id: int) -> None:
    """Note that somebody received what was mailed to the address of this account; the first time counts."""
    gebruiker = Gebruiker.objects.select_for_update().get(pk=gebruiker_id)
    if gebruiker.email_confirmed_at is None:
        gebruiker.email_confirmed_at = timezone.now()
        gebruiker.save(update_fields=["email_confirmed_at"])


@transaction.atomic
def change_naam(*, naam: str, gebruiker: Gebruiker) -> None:
    """Change one's own name; a medewerker's is kept by a beheerder (PermissionDenied)."""
    if gebruiker.is_medewerker:
        raise PermissionDenied
    gebruiker.naam = naam
    gebruiker.save(update_fields=["naam"])


@transaction.atomic
def choose_password(*, gebruiker: Gebruiker, password: str) -> None:
    """Give this account another password; its other sessions end. allauth checked who asks, and the password."""
    gebruiker.set_password(password)
    gebruiker.save(update_fields=["password"])
    spoor.record(Handeling.WACHTWOORD_GEKOZEN, by=gebruiker, about=gebruiker)


@transaction.atomic
def note(handeling: Handeling, *, by: Gebruiker, about: Gebruiker | None = None) -> None:
    """Leave a line in the spoor of what a medewerker did or saw where no other action of ours is at work.

    Such as what allauth writes at the own account, and looks at the data of accounts.
    """
    spoor.record(handeling, by=by, about=about)


def purge_unconfirmed() -> int:
    """Delete residents' accounts whose address nobody proved to own within the term; returns how many."""
    _total, by_model = Gebruiker.objects.never_confirmed(timezone.now() - rules.UNCONFIRMED_TERM).delete()
    return by_model.get("gebruikers.Gebruiker", 0)


def purge_sessions() -> None:
    """Delete sessions that are over; they hold addresses and codes."""
    import_module(settings.SESSION_ENGINE).SessionStore.clear_expired()


@transaction.atomic
def invite_medewerker(*, email: str, naam: str, is_beheerder: bool, by: Gebruiker) -> Gebruiker:
    """Make an account for a medewerker and mail a link to choose a password.

    A resident's account with the same address becomes the medewerker's: its sessions end. Raises PermissionDenied
    unless `by` is a beheerder, RuleViolation when there is such a medewerker already.
    """
    rules.check_manages(by)
    gebruiker = _locked_or_new(email)
    rules.check_can_be_invited(gebruiker)
    gebruiker.naam, gebruiker.is_active = naam, True
    _make_medewerker(gebruiker, is_beheerder=is_beheerder)
    spoor.record(Handeling.UITGENODIGD, by=by, about=gebruiker, beheerder=is_beheerder)
    _announce_invitation(gebruiker)
    return gebruiker


@transaction.atomic
def repeat_invitation(*, gebruiker_id: int, by: Gebruiker) -> None:
    """Mail the link to choose a password once more; the link of before stays valid until its own term is over.

    Raises PermissionDenied unless `by` is a beheerder, RuleViolation when there is a password already.
    """
    rules.check_manages(by)
    gebruiker = Gebruiker.objects.select_for_update().get(pk=gebruiker_id)
    rules.check_awaits_password(gebruiker)
    spoor.record(Handeling.UITNODIGING_HERHAALD, by=by, about=gebruiker)
    _announce_invitation(gebruiker)


@transaction.atomic
def change_gebruiker(*, gebruiker_id: int, naam: str, is_active: bool, is_beheerder: bool, by: Gebruiker) -> Gebruiker:
    """Change what a beheerder keeps of an account: its name, whether it may sign in, whether it manages the portal.

    Whoever may no longer sign in is out at the next click. Raises PermissionDenied unless `by` is a beheerder,
    RuleViolation when no beheerder would remain.
    """
    rules.check_manages(by)
    # All beheerders are locked, or two could take each other's role at the same moment.
    others = {row.pk for row in Gebruiker.objects.beheerders().order_by("pk").select_for_update()} - {gebruiker_id}
    gebruiker = Gebruiker.objects.select_for_update().get(pk=gebruiker_id)
    rules.check_can_be_beheerder(gebruiker, is_beheerder=is_beheerder)
    rules.check_beheerder_remains(gebruiker, is_active=is_active, is_beheerder=is_beheerder, others=bool(others))
    gebruiker.naam, gebruiker.is_active, gebruiker.is_beheerder = naam, is_active, is_beheerder
    gebruiker.save(update_fields=["naam", "is_active", "is_beheerder"])
    spoor.record(Handeling.GEWIJZIGD, by=by, about=gebruiker, mag_inloggen=is_active, beheerder=is_beheerder)
    return gebruiker


@transaction.atomic
def reset_second_factor(*, gebruiker_id: int, by: Gebruiker) -> None:
    """Take away a medewerker's authenticator app and recovery codes, and tell them; the next sign-in sets up new ones.

    Sessions that are open lose their pass. Raises PermissionDenied unless `by` is a beheerder, RuleViolation for
    oneself and for residents.
    """
    gebruiker = Gebruiker.objects.select_for_update().get(pk=gebruiker_id)
    rules.check_can_reset_second_factor(gebruiker, by)
    _drop_second_factor(gebruiker)
    spoor.record(Handeling.TWEEDE_FACTOR_GERESET, by=by, about=gebruiker)
    get_adapter().announce(
        template="tweede_factor_gereset",
        to=gebruiker.email or "",
        context={"moment": timezone.localtime().strftime("%d-%m-%Y, %H.%M uur")},
    )


@transaction.atomic
def appoint_beheerder(*, email: str) -> Gebruiker:
    """Make whoever has this address a beheerder, from the server itself: the first one, or one who is locked out.

    Password and second factor start anew.
    """
    gebruiker = _locked_or_new(email)
    gebruiker.is_active = True
    _make_medewerker(gebruiker, is_beheerder=True)
    _drop_second_factor(gebruiker)
    spoor.record(Handeling.BEHEERDER_GEMAAKT, by=None, about=gebruiker)
    return gebruiker


def password_link(gebruiker: Gebruiker) -> str:
    """The absolute private address where this medewerker chooses a password.

    Good for `PASSWORD_RESET_TIMEOUT` seconds, and until the password changes.
    """
    token = app_settings.PASSWORD_RESET_TOKEN_GENERATOR().make_token(gebruiker)
    return str(get_adapter().get_reset_password_from_key_url(f"{user_pk_to_url_str(gebruiker)}-{token}"))


def ensure_example_account(account: ExampleAccount) -> Gebruiker:
    """The example account as the table describes it; it has no password and cannot be made outside EMBEDDED."""
    if not settings.EMBEDDED:
        raise PermissionDenied
    gebruiker, _created = Gebruiker.objects.update_or_create(
        email=account.email,
        defaults={
            "naam": account.naam,
            "is_active": True,
            "is_medewerker": account.is_medewerker,
            "is_beheerder": account.is_beheerder,
        },
        create_defaults={
            "naam": account.naam,
            "is_medewerker": account.is_medewerker,
            "is_beheerder": account.is_beheerder,
            "password": make_password(None),
            "email_confirmed_at": timezone.now(),
        },
    )
    return gebruiker


@transaction.atomic
def save_afdeling(*, afdeling: Afdeling, by: Gebruiker) -> None:
    """Keep a new or changed afdeling; raises PermissionDenied unless `by` is a beheerder."""
    rules.check_manages(by)
    afdeling.save()
    spoor.record(Handeling.AFDELING_BEWAARD, by=by, about=afdeling)


def _locked_or_new(email: str) -> Gebruiker:
    """The account with this address, locked; where there is none yet it is made, also when somebody else just does so.

    Whoever comes second waits for the first and then finds what the first made of it.
    """
    email = rules.normal_email(email)
    Gebruiker.objects.get_or_create(email=email, defaults={"password": make_password(None)})
    return Gebruiker.objects.select_for_update().get(email=email)


def _make_medewerker(gebruiker: Gebruiker, *, is_beheerder: bool) -> None:
    """Staff from now on, with a password still to be chosen: that also ends every session of this account."""
    gebruiker.is_medewerker, gebruiker.is_beheerder = True, is_beheerder
    gebruiker.set_unusable_password()
    gebruiker.save()


def _drop_second_factor(gebruiker: Gebruiker) -> None:
    Authenticator.objects.filter(user_id=gebruiker.pk).delete()


def _announce_invitation(gebruiker: Gebruiker) -> None:
    get_adapter().announce(
        template="uitnodiging",
        to=gebruiker.email or "",
        context={
            "naam": gebruiker.naam,
            "link": password_link(gebruiker),
            "dagen": settings.PASSWORD_RESET_TIMEOUT // (24 * 60 * 60),
        },
        secret=True,
    )
