"""What leaves a line in the spoor."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from basis import spoor


class Handeling(spoor.Handeling):
    """What a medewerker does with meldingen, and with what is set up for them."""

    STATUS_GEWIJZIGD = "melding.status_gewijzigd", _("status gewijzigd")
    CATEGORIE_GEWIJZIGD = "melding.categorie_gewijzigd", _("categorie gewijzigd")
    BELOFTE_GEWIJZIGD = "melding.belofte_gewijzigd", _("een nieuwe datum beloofd")
    OVERGEDRAGEN = "melding.overgedragen", _("overgedragen aan een andere afdeling")
    DOORGEZET = "melding.doorgezet", _("doorgezet naar een organisatie")
    LINK_HERHAALD = "melding.link_herhaald", _("link opnieuw naar een organisatie gestuurd")
    NAVRAAG_BEANTWOORD = "melding.navraag_beantwoord", _("vraag van een organisatie beantwoord")
    OMSCHRIJVING_BEOORDEELD = "melding.omschrijving_beoordeeld", _("besloten of de omschrijving openbaar is")
    FOTO_BEOORDEELD = "melding.foto_beoordeeld", _("besloten of een foto openbaar is")
    OMSCHRIJVING_GELAKT = "melding.omschrijving_gelakt", _("woorden weggelakt en de omschrijving openbaar gemaakt")
    FOTO_GELAKT = "melding.foto_gelakt", _("delen van een foto weggelakt en de foto openbaar gemaakt")
    INGEVOERD = "melding.ingevoerd", _("een melding ingevoerd voor een melder")
    NOTITIE_GESCHREVEN = "notitie.geschreven", _("een notitie geschreven")
    NOTITIE_VERBETERD = "notitie.verbeterd", _("een eigen notitie verbeterd")
    NOTITIE_VERWIJDERD = "notitie.verwijderd", _("een eigen notitie verwijderd")
    DEELTAAK_GEVRAAGD = "deeltaak.gevraagd", _("een andere afdeling om een deeltaak gevraagd")
    DEELTAAK_GEREED = "deeltaak.gereed", _("een deeltaak gereed gemeld")
    DEELTAAK_INGETROKKEN = "deeltaak.ingetrokken", _("een deeltaak ingetrokken")
    CONTACT_BEKEKEN = "melding.contact_bekeken", _("gegevens van de melder bekeken")
    TOEGEWEZEN = "melding.toegewezen", _("toegewezen aan een behandelaar, of aan niemand")
    PRIORITEIT_GEWIJZIGD = "melding.prioriteit_gewijzigd", _("prioriteit gewijzigd")
    LIJST_GEEXPORTEERD = "melding.lijst_geexporteerd", _("lijst met meldingen bewaard als bestand")
    ZOEKOPDRACHT_BEWAARD = "zoekopdracht.bewaard", _("zoekopdracht bewaard of hernoemd")
    ZOEKOPDRACHT_VERWIJDERD = "zoekopdracht.verwijderd", _("zoekopdracht verwijderd")
    BEHANDELAAR_BENOEMD = "behandelaar.benoemd", _("behandelaar gemaakt")
    BEHANDELAAR_ONTSLAGEN = "behandelaar.ontslagen", _("behandelaar af")
    GROEP_BEWAARD = "groep.bewaard", _("groep van categorieën bewaard")
    GROEP_VERWIJDERD = "groep.verwijderd", _("groep van categorieën verwijderd")
    CATEGORIE_BEWAARD = "categorie.bewaard", _("categorie bewaard")
    ROUTEREGEL_BEWAARD = "routeregel.bewaard", _("routeregel bewaard")
    ROUTEREGEL_VERWIJDERD = "routeregel.verwijderd", _("routeregel verwijderd")
    TEKSTBLOK_BEWAARD = "tekstblok.bewaard", _("standaardtekst bewaard")
    TEKSTBLOK_VERWIJDERD = "tekstblok.verwijderd", _("standaardtekst verwijderd")
    CATEGORIEEN_GELADEN = "categorie.geladen", _("categorieën geladen vanaf de server")
    KOPPELING_BEWAARD = "koppeling.bewaard", _("koppeling bewaard")
    SLEUTEL_GEMAAKT = "koppeling.sleutel_gemaakt", _("sleutel van een koppeling gemaakt")
    SLEUTEL_INGETROKKEN = "koppeling.sleutel_ingetrokken", _("sleutel van een koppeling ingetrokken")
