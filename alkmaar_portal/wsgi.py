"""WSGI entry point of the portal."""

import os

from django.core.wsgi import get_wsgi_application

from basis.intake import readable_content_type

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "alkmaar_portal.settings")

application = readable_content_type(get_wsgi_application())
