"""What is decided about showing a text or a photo of somebody to everybody."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Besluit(models.TextChoices):
    """What was decided about showing a text or a photo to everybody; empty as long as nobody decided."""

    OPENBAAR = "openbaar", _("Openbaar")
    BESLOTEN = "besloten", _("Niet openbaar")
