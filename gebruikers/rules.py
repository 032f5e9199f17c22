"""Who may do what: the roles in words, and the rules of accounts."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from basis import spoor
from basis.regels import RuleViolation

if TYPE_CHECKING:
    from gebruikers.models import Gebruiker


class Handeling(spoor.Handeling):
    """What a medewerker does with accounts and afdelingen, the own account included."""

    INGELOGD = "gebruiker.ingelogd", _("ingelogd")
    UITGELOGD = "gebruiker.uitgelogd", _("uitgelogd")
    WACHTWOORD_GEKOZEN = "gebruiker.wachtwoord_gekozen", _("wachtwoord gekozen")
    TWEEDE_FACTOR_INGESTELD = "gebruiker.tweede_factor_ingesteld", _("tweede factor ingesteld")
    HERSTELCODES_GEMAAKT = "gebruiker.herstelcodes_gemaakt", _("herstelcodes gemaakt")
    UITGENODIGD = "gebruiker.uitgenodigd", _("medewerker uitgenodigd")
    UITNODIGING_HERHAALD = "gebruiker.uitnodiging_herhaald", _("uitnodiging opnieuw gestuurd")
    GEWIJZIGD = "gebruiker.gewijzigd", _("account gewijzigd")
    TWEEDE_FACTOR_GERESET = "gebruiker.tweede_factor_gereset", _("tweede factor van een medewerker gereset")
    BEHEERDER_GEMAAKT = "gebruiker.beheerder_gemaakt", _("beheerder gemaakt vanaf de server")
    BEKEKEN = "gebruiker.bekeken", _("gegevens van een account bekeken")
    LIJST_BEKEKEN = "gebruiker.lijst_bekeken", _("lijst met accounts bekeken")
    AFDELING_BEWAARD = "afdeling.bewaard", _("afdeling bewaard")


#: An account that was made for an address nobody proved to own goes after this.
UNCONFIRMED_TERM = timedelta(days=1)


@dataclass(frozen=True)
class Capability:
    """One thing that a role may do: a name for it in code and docs, and words for people."""

    name: str
    text: str | Promise


@dataclass(frozen=True)
class Role:
    """A role: what it is called, how one gets it, how one signs in with it, and all it may do."""

    naam: str | Promise
    given_by: str | Promise
    sign_in: str | Promise
    may: tuple[Capability, ...]


@dataclass(frozen=True)
class Membership:
    """That somebody has the role `role` (a key of `ROLES`) for `of`: the name of an afdeling or a gebied."""

    role: str
    of: str


_PASSWORD_AND_FACTOR = _("met een wachtwoord en een tweede factor")

#: All roles with all that each may do. Whether somebody has a role is told by `Gebruiker` (bewoner, beheerder) or by
#: the membership of the app whose scope it has (`meldingen.Behandelaar`, `gebieden.Teamlid`); the rules of that app
#: hold the checks. `docs/rollen.md` and the page `/account/` show this table.
ROLES: Mapping[str, Role] = {
    "bewoner": Role(
        naam=_("bewoner of ondernemer"),
        given_by=_("iedereen met een e-mailadres"),
        sign_in=_("met een code die we mailen"),
        may=(
            Capability("melding_doen", _("een melding doen; dat kan ook zonder in te loggen")),
            Capability("eigen_meldingen_zien", _("de eigen meldingen terugzien, met elke stap")),
            Capability(
                "melder_antwoorden", _("een vraag van de behandelaar beantwoorden, en zeggen of het is opgelost")
            ),
            Capability("melding_volgen", _("een melding volgen van iets dat men ook ziet")),
            Capability("idee_maken", _("een idee bewaren, aanbieden, wijzigen en intrekken; ook zonder in te loggen")),
            Capability("eigen_naam_wijzigen", _("de eigen naam wijzigen")),
        ),
    ),
    "behandelaar": Role(
        naam=_("behandelaar van een afdeling"),
        given_by=_("een beheerder, per afdeling"),
        sign_in=_PASSWORD_AND_FACTOR,
        may=(
            Capability(
                "meldingen_van_afdeling_zien",
                _("de meldingen van de eigen afdeling zien, met foto’s en de gegevens van de melder"),
            ),
            Capability("status_wijzigen", _("de status van een melding wijzigen, met uitleg aan de melder")),
            Capability(
                "categorie_of_afdeling_wijzigen",
                _("een melding een andere categorie geven of overdragen aan een andere afdeling"),
            ),
            Capability(
                "doorzetten",
                _("een melding doorzetten naar een organisatie, zeggen wat die ziet, en de melding terughalen"),
            ),
            Capability(
                "verdelen", _("een melding aan zichzelf of een collega toewijzen, en er een prioriteit aan geven")
            ),
            Capability("lijst_meenemen", _("de lijst met meldingen als bestand bewaren, zonder gegevens van melders")),
            Capability("vrijgeven", _("de omschrijving en elke foto van een melding openbaar maken, of niet")),
            Capability("weglakken", _("woorden en delen van foto’s weglakken voordat iedereen ze ziet")),
            Capability("notities_schrijven", _("notities schrijven die alleen medewerkers lezen")),
            Capability("deeltaken_vragen", _("een andere afdeling om een deel van een melding vragen")),
            Capability(
                "deeltaken_doen",
                _(
                    "een melding zien waarvan de eigen afdeling een deel doet, zonder gegevens van de melder, "
                    "en dat deel gereed melden"
                ),
            ),
            Capability("melding_invoeren", _("een melding invoeren voor wie belt, schrijft of langskomt")),
        ),
    ),
    "gebiedsteamlid": Role(
        naam=_("lid van een Gebiedsteam"),
        given_by=_("een beheerder, per gebied"),
        sign_in=_PASSWORD_AND_FACTOR,
        may=(
            Capability(
                "gebied_teksten_wijzigen", _("de teksten van het eigen gebied, de wijken en de dorpen wijzigen")
            ),
            Capability(
                "ideeen_beoordelen",
                _("ideeën in het eigen gebied op de site zetten of teruggeven, met de gegevens van de maker"),
            ),
            Capability("team_bijhouden", _("het team van het eigen gebied bijhouden")),
        ),
    ),
    "beheerder": Role(
        naam=_("beheerder"),
        given_by=_("een andere beheerder"),
        sign_in=_PASSWORD_AND_FACTOR,
        may=(
            Capability("medewerkers_uitnodigen", _("medewerkers uitnodigen en beheerders aanwijzen")),
            Capability("accounts_uitzetten", _("een account uitzetten en weer aanzetten")),
            Capability("tweede_factor_resetten", _("een medewerker de tweede factor opnieuw laten instellen")),
            Capability("rollen_geven", _("medewerkers behandelaar of lid van een Gebiedsteam maken")),
            Capability(
                "gegevens_beheren",
                _("afdelingen, categorieën, organisaties en standaardteksten beheren, en de teksten van alle gebieden"),
            ),
            Capability("koppelingen_beheren", _("sleutels van andere systemen (Open311) maken en intrekken")),
            Capability("berichten_opnieuw_sturen", _("zien welke mail niet aankwam, en die opnieuw sturen")),
            Capability("spoor_bekijken", _("in het spoor zien welke medewerker wat deed of bekeek, en wanneer")),
        ),
    ),
}


def roles_of(gebruiker: "Gebruiker", memberships: Iterable[Membership]) -> list[tuple[Role, str]]:
    """The roles of somebody, each with what it is for (an afdeling, a gebied, or nothing)."""
    if not gebruiker.is_medewerker:
        return [(ROLES["bewoner"], "")]
    roles = [(ROLES[membership.role], membership.of) for membership in memberships]
    return [*roles, (ROLES["beheerder"], "")] if gebruiker.is_beheerder else roles


def roles_as_markdown() -> str:
    """The table `ROLES` as `docs/rollen.md` shows it."""
    blocks = [
        "# Rollen\n\nWie mag wat. Getekend uit de tabel `ROLES` in `gebruikers/rules.py`; een test vergelijkt ze.\n"
    ]
    for key, role in ROLES.items():
        may = "\n".join(f"- {capability.text} (`{capability.name}`)" for capability in role.may)
        how = f"Rol van: {role.given_by}. Inloggen: {role.sign_in}."
        blocks.append(f"## {key}: {role.naam}\n\n{how}\n\nMag:\n\n{may}\n")
    return "\n".join(blocks)


def normal_email(email: str) -> str:
    """`email` as accounts keep it: without regard to case, so in small letters."""
    return email.strip().lower()


def signs_in_with_code(gebruiker: "Gebruiker") -> bool:
    """Whether a code by mail opens this account: for residents; medewerkers need a password and a second factor."""
    return gebruiker.is_active and not gebruiker.is_medewerker


def check_manages(by: "Gebruiker") -> None:
    """Raise PermissionDenied unless `by` is a beheerder."""
    if not (by.is_active and by.is_beheerder):
        raise PermissionDenied


def check_can_be_beheerder(gebruiker: "Gebruiker", *, is_beheerder: bool) -> None:
    """Raise RuleViolation when somebody who is no medewerker would become beheerder."""
    if is_beheerder and not gebruiker.is_medewerker:
        raise RuleViolation(_("Alleen een medewerker kan beheerder worden."), field="is_beheerder")


def check_beheerder_remains(gebruiker: "Gebruiker", *, is_active: bool, is_beheerder: bool, others: bool) -> None:
    """Raise RuleViolation when the change would leave the portal without a beheerder.

    `others` tells whether there are other active beheerders than `gebruiker`.
    """
    if gebruiker.is_beheerder and gebruiker.is_active and not (is_active and is_beheerder) and not others:
        raise RuleViolation(_("Dit is de laatste beheerder. Maak eerst iemand anders beheerder."))


def check_can_reset_second_factor(gebruiker: "Gebruiker", by: "Gebruiker") -> None:
    """Raise PermissionDenied or RuleViolation unless `by` may reset the second factor of `gebruiker`.

    Nobody does so for oneself: a session that was left open would be enough to replace the factor.
    """
    check_manages(by)
    if not gebruiker.is_medewerker:
        raise RuleViolation(_("Alleen medewerkers hebben een tweede factor."))
    if gebruiker == by:
        raise RuleViolation(_("Uw eigen tweede factor kunt u niet resetten. Vraag het een andere beheerder."))


def check_can_be_invited(gebruiker: "Gebruiker") -> None:
    """Raise RuleViolation when this account already is a medewerker's."""
    if gebruiker.is_medewerker:
        raise RuleViolation(_("Er is al een medewerker met dit e-mailadres."), field="email")


def check_can_get_role(gebruiker: "Gebruiker") -> None:
    """Raise RuleViolation unless this is an active medewerker: nobody else is behandelaar or in a Gebiedsteam."""
    if not (gebruiker.is_active and gebruiker.is_medewerker):
        raise RuleViolation(
            _("Dit account is niet van een medewerker. Kies een medewerker die mag inloggen."), field="gebruiker"
        )


def check_awaits_password(gebruiker: "Gebruiker") -> None:
    """Raise RuleViolation unless this is a medewerker who has not chosen a password yet."""
    if not gebruiker.is_medewerker or not gebruiker.is_active or gebruiker.has_usable_password():
        raise RuleViolation(_("%(wie)s heeft al een wachtwoord, of is geen actieve medewerker.") % {"wie": gebruiker})
