"""The five themes that the municipality works by (nota 2021, section 3.3)."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Thema(models.TextChoices):
    """What a melding, an initiatief or a speerpunt is about."""

    SCHOON = "schoon", _("Schoon")
    HEEL = "heel", _("Heel")
    VEILIG = "veilig", _("Veilig")
    SOCIAAL = "sociaal", _("Sociaal")
    ONDERNEMEND = "ondernemend", _("Ondernemend")
