"""Example data of the embedded portal: people, teams and three hundred meldingen, all of it invented."""

from alkmaar_portal.voorbeelddata.actions import load

__all__ = ["load"]
