"""Ask the web service of this container whether it can serve; fails (exit code 1) when it says no, or nothing."""

import os
import sys
from http.client import HTTPConnection

# Django answers only to its own names.
host = os.environ["ALLOWED_HOSTS"].split(",")[0]
connection = HTTPConnection(os.environ.get("HEALTH_ADDRESS", "127.0.0.1:8000"), timeout=5)
try:
    connection.request("GET", "/health/ready/", headers={"Host": host})
    sys.exit(connection.getresponse().status != 200)
except OSError as error:
    sys.exit(str(error))
