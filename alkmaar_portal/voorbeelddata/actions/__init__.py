"""Every write of the example data."""

from alkmaar_portal.voorbeelddata.actions.load import SEED, load, plan_reports

__all__ = ["SEED", "load", "plan_reports"]
