#!/usr/bin/env python
"""Django's command-line utility for the portal."""

import os
import sys

from django.core.management import execute_from_command_line
from environs import EnvValidationError

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "alkmaar_portal.settings")
    try:
        execute_from_command_line(sys.argv)
    except EnvValidationError as error:
        wrong = "".join(f"\n  {name}: {' '.join(messages)}" for name, messages in error.error_messages.items())
        sys.exit(f"The portal cannot start. Missing or wrong in the environment (.env.example explains each):{wrong}")
