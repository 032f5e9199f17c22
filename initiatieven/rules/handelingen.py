"""What leaves a line in the spoor."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from basis import spoor


class Handeling(spoor.Handeling):
    """What a medewerker does with initiatieven."""

    GEPLAATST = "initiatief.geplaatst", _("idee op de site gezet")
    TERUGGEGEVEN = "initiatief.teruggegeven", _("idee teruggegeven aan de maker")
    FOTO_BEOORDEELD = "initiatief.foto_beoordeeld", _("besloten of een foto bij een idee openbaar is")
    CONTACT_BEKEKEN = "initiatief.contact_bekeken", _("gegevens van de maker bekeken")
