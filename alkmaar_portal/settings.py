"""All settings of the portal, read from the environment; `.env.example` explains each variable.

`EMBEDDED=true` is what `bin/start` uses: SQLite, a broker of files, a mailbox of files and example data,
all under `var/`. Without it nothing is guessed: whatever is missing is named at start.
"""

from pathlib import Path
from typing import Any

from celery.schedules import crontab
from csp.constants import NONE, SELF
from environs import FileAwareEnv, ValidationError
from environs import validate as valid

BASE_DIR = Path(__file__).resolve().parent.parent

# Each variable may also come as a file (a secret of Docker or Kubernetes): SECRET_KEY_FILE=/run/secrets/secret_key.
env = FileAwareEnv(eager=False, strip_whitespace=True)
ENV_FILE = env.str("ENV_FILE", str(BASE_DIR / ".env"))
if Path(ENV_FILE).is_file():
    env.read_env(ENV_FILE, recurse=False)

EMBEDDED = env.bool("EMBEDDED", False)
VAR_DIR = Path(env.str("VAR_DIR", str(BASE_DIR / "var")))
DEBUG = env.bool("DEBUG", False)


def embedded_default(value: Any) -> dict[str, Any]:
    """Keyword arguments of a variable that has a default in the embedded portal and none elsewhere."""
    return {"default": value} if EMBEDDED else {}


def every_result_and_reopenable(days: dict[str, int]) -> None:
    """Raise ValidationError unless there is a term for each result, none shorter than the 28 days to reopen."""
    if set(days) != {"opgelost", "niet_opgelost", "dubbel"}:
        raise ValidationError("Name opgelost, niet_opgelost and dubbel, as in opgelost=90,niet_opgelost=180,dubbel=90.")
    if not all(28 <= number <= 100 * 365 for number in days.values()):
        raise ValidationError("From 28 days (so long a reporter may say that it is not solved) to a century.")


SECRET_KEY = env.str("SECRET_KEY", validate=valid.Length(min=1))
SECRET_KEY_FALLBACKS: list[str] = env.list("SECRET_KEY_FALLBACKS", [])
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", **embedded_default(["localhost", "127.0.0.1", "[::1]"]))
# Behind how many proxies of our own the portal stands: that many last entries of X-Forwarded-For can be trusted.
TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXY_COUNT", 0 if EMBEDDED else 1)
PORTAL_URL = env.str("PORTAL_URL", **embedded_default("http://localhost:8000"))

OWN_APPS = ["alkmaar_portal", "meldingen", "initiatieven", "agenda", "gebieden", "berichten", "gebruikers", "basis"]
INSTALLED_APPS = [
    *OWN_APPS,
    "leaflet",
    "crispy_forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "csp",
    "alkmaar_portal.apps.BeheerConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.sessions",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
]

MIDDLEWARE = [
    "basis.origin.remember_origin",
    "alkmaar_portal.middleware.observe",
    # What counts every request stands before it, what adds to an answer behind it.
    "basis.kept_pages.keep_public_pages",
    # What static files get too stands before WhiteNoise.
    "alkmaar_portal.middleware.add_headers",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "alkmaar_portal.middleware.vary_on_cookie",
    "basis.intake.Intake",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "alkmaar_portal.middleware.private_when_signed_in",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "gebruikers.middleware.SecondFactorMiddleware",
    "alkmaar_portal.middleware.explain_wrong_method",
]

ROOT_URLCONF = "alkmaar_portal.urls"
WSGI_APPLICATION = "alkmaar_portal.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "alkmaar_portal.context.portal",
            ],
        },
    },
]

# Database. SQLite: WAL and IMMEDIATE so that the web process and the worker write side by side.
DATABASES = {
    "default": {
        **(env.dj_db_url("DATABASE_URL", **embedded_default(f"sqlite:///{VAR_DIR / 'portal.sqlite3'}")) or {}),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
    }
}
if DATABASES["default"].get("ENGINE") == "django.db.backends.sqlite3":
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
    }
elif DATABASES["default"]:
    DATABASES["default"]["OPTIONS"] = {
        # A server that does not answer at all: say so soon, instead of after the two minutes of the system.
        "connect_timeout": 5,
        # The same where its machine or the network is gone in the middle of a conversation: after some 30 seconds, not
        # hours. How long a server that is there may take over a question, it knows itself (`deploy/roles.sh`).
        "keepalives_idle": 15,
        "keepalives_interval": 5,
        "keepalives_count": 3,
        "tcp_user_timeout": 30_000,
        **DATABASES["default"].get("OPTIONS", {}),
    }
# SQLite leaves the extra columns of a covering index out; PostgreSQL, where it counts, has them.
SILENCED_SYSTEM_CHECKS = ["models.W040"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

CACHES = {"default": env.dj_cache_url("CACHE_URL", **embedded_default("locmem://")) or {}}
if CACHES["default"].get("BACKEND") == "django.core.cache.backends.redis.RedisCache":
    # A Redis that is gone or silent must not hold up a page, nor take it along.
    CACHES["default"]["BACKEND"] = "basis.cache.RedisOrMemoryCache"
    CACHES["default"]["OPTIONS"] = {"socket_connect_timeout": 0.5, "socket_timeout": 0.5}
elif CACHES["default"].get("BACKEND") == "django.core.cache.backends.locmem.LocMemCache":
    # Memory that is full forgets at random: with the usual 300 entries it would forget limits.
    CACHES["default"]["OPTIONS"] = {"MAX_ENTRIES": 10_000}

# How old what everybody sees may be: pages (`basis.kept_pages`), and the clusters of the map. In the example portal
# people look at once at what they changed.
PUBLIC_PAGE_SECONDS = env.int("PUBLIC_PAGE_SECONDS", 0 if EMBEDDED else 60)
# Figures over many meldingen are counted this often; beside them stands when (`basis.counted`).
FIGURES_SECONDS = 0 if EMBEDDED else 5 * 60

# Celery: the broker carries only "look at the table"; the outbox table is the truth.
CELERY_BROKER_URL = env.str("BROKER_URL", **embedded_default("filesystem://localhost"))
# A broker that vanished without hanging up is noticed within some seconds, not when TCP gives up on it.
CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, Any] = {"max_retries": 0, "socket_connect_timeout": 1, "socket_timeout": 5}
BROKER_DIR = VAR_DIR / "broker"
if (CELERY_BROKER_URL or "").startswith("filesystem:"):
    CELERY_BROKER_TRANSPORT = "alkmaar_portal.broker:Transport"
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": str(BROKER_DIR / "queue"),
        "data_folder_out": str(BROKER_DIR / "queue"),
        "control_folder": str(BROKER_DIR / "control"),
        "store_processed": False,
    }
CELERY_TASK_PUBLISH_RETRY = False
CELERY_TASK_IGNORE_RESULT = True
CELERY_TIMEZONE = "Europe/Amsterdam"
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# Worker and beat wait for a broker however long it is gone; by themselves they end after 100 tries, some 50 minutes.
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR_DIR / "celerybeat-schedule")
CELERY_BEAT_SCHEDULE: dict[str, dict[str, Any]] = {
    "drain-outbox": {"task": "berichten.tasks.drain_outbox", "schedule": 2.0, "options": {"expires": 10}},
    "empty-sent-berichten": {"task": "berichten.tasks.empty_sent", "schedule": crontab(hour=3, minute=10)},
    "purge-unconfirmed-abonnementen": {
        "task": "berichten.tasks.purge_unconfirmed_follows",
        "schedule": crontab(hour=3, minute=15),
    },
    "purge-unconfirmed-gebruikers": {
        "task": "gebruikers.tasks.purge_unconfirmed",
        "schedule": crontab(hour=3, minute=20),
    },
    "purge-sessions": {"task": "gebruikers.tasks.purge_sessions", "schedule": crontab(hour=3, minute=30)},
    "announce-overdue-meldingen": {"task": "meldingen.tasks.announce_overdue", "schedule": crontab(hour=7, minute=0)},
    "remind-reporters": {"task": "meldingen.tasks.remind_reporters", "schedule": crontab(hour=9, minute=0)},
    "remind-organisaties": {"task": "meldingen.tasks.remind_organisaties", "schedule": crontab(hour=9, minute=5)},
    "end-follows-of-finished-meldingen": {
        "task": "meldingen.tasks.end_follows_of_finished",
        "schedule": crontab(hour=3, minute=35),
    },
    "purge-orphan-fotos": {"task": "meldingen.tasks.purge_orphan_fotos", "schedule": crontab(hour=3, minute=30)},
    "purge-bewaard": {"task": "meldingen.tasks.purge_bewaard", "schedule": crontab(hour=3, minute=45)},
    "announce-waiting-initiatieven": {
        "task": "initiatieven.tasks.announce_waiting",
        "schedule": crontab(hour=7, minute=5),
    },
    "purge-fotos-of-initiatieven": {"task": "initiatieven.tasks.purge_fotos", "schedule": crontab(hour=3, minute=50)},
    "purge-unsent-fotos": {"task": "meldingen.tasks.purge_unsent_fotos", "schedule": crontab(minute=40)},
}

# Mail
# Any other scheme is read as a server without encryption, and nobody would be told.
env.str("EMAIL_URL", validate=valid.Regexp("(smtp|submission)://"), **embedded_default("smtp://localhost"))
EMAIL_CONFIG = env.dj_email_url("EMAIL_URL", **embedded_default("smtp://localhost")) or {}
EMAIL_BACKEND = "berichten.postvak.PostvakBackend" if EMBEDDED else "django.core.mail.backends.smtp.EmailBackend"
EMAIL_HOST = EMAIL_CONFIG.get("EMAIL_HOST", "")
EMAIL_PORT = EMAIL_CONFIG.get("EMAIL_PORT", 25)
EMAIL_HOST_USER = EMAIL_CONFIG.get("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = EMAIL_CONFIG.get("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_TLS = EMAIL_CONFIG.get("EMAIL_USE_TLS", False)
EMAIL_USE_SSL = EMAIL_CONFIG.get("EMAIL_USE_SSL", False)
# A server that says yes after this is asked again, and the message goes twice: some look at each one for a while.
EMAIL_TIMEOUT = 30
EMAIL_USE_LOCALTIME = True
DEFAULT_FROM_EMAIL = env.str("MAIL_FROM", **embedded_default("Samen maken we Alkmaar <portaal@voorbeeld.example>"))
POSTVAK_DIR = VAR_DIR / "postvak"

# The content of a message is kept this many days after it was sent; the proof (what, to whom, when) for longer.
BERICHT_CONTENT_DAYS = env.int("BERICHT_CONTENT_DAYS", 14)
BERICHT_PROOF_DAYS = env.int("BERICHT_PROOF_DAYS", 365)
# A worker that died with messages in hand: others take them over after this long. `berichten.rules` says how much of
# it may be spent on sending; half of it must be enough for one message at EMAIL_TIMEOUT an answer.
BERICHT_LEASE_SECONDS = 300

# Lines of the spoor (audit trail) older than this can be removed: who was harmed by a look at personal data can claim
# for five years (Burgerlijk Wetboek 3:310; verify against the municipality's selection list).
SPOOR_DAYS = env.int("SPOOR_DAYS", 5 * 365, validate=valid.Range(min=365))

# How many days after a melding was closed what it holds of people is destroyed: by purpose, and by how it was closed
# (ADR 18; verify against the municipality's selection list). `meldingen.rules.bewaren` says what each holds.
BEWAARTERMIJNEN: dict[str, dict[str, int]] = {
    "contact": env.dict(
        "BEWAAR_CONTACT_DAYS",
        {"opgelost": 90, "niet_opgelost": 180, "dubbel": 90},
        subcast_values=int,
        validate=every_result_and_reopenable,
    ),
    "woorden": env.dict(
        "BEWAAR_WOORDEN_DAYS",
        {"opgelost": 365, "niet_opgelost": 730, "dubbel": 365},
        subcast_values=int,
        validate=every_result_and_reopenable,
    ),
    "fotos": env.dict(
        "BEWAAR_FOTO_DAYS",
        {"opgelost": 180, "niet_opgelost": 365, "dubbel": 180},
        subcast_values=int,
        validate=every_result_and_reopenable,
    ),
}

# Who is who
AUTH_USER_MODEL = "gebruikers.Gebruiker"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ["email", "naam"]},
    },
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
# How long a private link to choose a password works (an invitation sent on Friday must hold until Monday).
PASSWORD_RESET_TIMEOUT = 3 * 24 * 60 * 60
LOGIN_URL = "account_request_login_code"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_ADAPTER = "alkmaar_portal.inloggen.AccountAdapter"
ACCOUNT_FORMS = {
    "request_login_code": "gebruikers.forms.RequestCodeForm",
    "confirm_login_code": "gebruikers.forms.ConfirmCodeForm",
    "login": "gebruikers.forms.LoginForm",
    "reauthenticate": "gebruikers.forms.ReauthenticateForm",
    "change_password": "gebruikers.forms.ChangePasswordForm",
    "reset_password": "gebruikers.forms.ResetPasswordForm",
    "reset_password_from_key": "gebruikers.forms.ChoosePasswordForm",
}
ACCOUNT_LOGIN_METHODS = {"email"}
# There is no signing up; the password is named here because allauth asks for it at sign-in only then.
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_FORMAT = {"numeric": True, "length": 8}
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 15 * 60
ACCOUNT_LOGIN_BY_CODE_MAX_ATTEMPTS = 5
ACCOUNT_LOGIN_BY_CODE_SUPPORTS_RESEND = True
# The address of an account is `Gebruiker.email` alone; allauth's own table of addresses stays empty. Hence also
# Django's token for password links: allauth's would fill that table.
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_PASSWORD_RESET_TOKEN_GENERATOR = "django.contrib.auth.tokens.PasswordResetTokenGenerator"
# An unknown address at "forgot password" gets no mail; a changed password or second factor does get one.
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_LOGOUT_REDIRECT_URL = "home"
ACCOUNT_SESSION_REMEMBER = False
# How often, counted in the cache: "/ip" for each visitor's address, "/key" for each mailbox or account, "/user" for who
# is signed in. Codes (also a code sent again) and password links: 5 in a quarter of an hour for each mailbox, known
# or not. Wrong passwords and wrong second factors: 10 in a quarter of an hour for each account. The
# answer 429 asks for that quarter: no period here may be longer.
ACCOUNT_RATE_LIMITS = {
    "request_login_code": "10/m/ip,30/15m/ip,5/15m/key",
    "login": "30/m/ip",
    "login_failed": "10/m/ip,10/15m/key",
    "reauthenticate": "10/m/user",
    "change_password": "5/m/user",
    "reset_password": "10/m/ip,5/15m/key",
    "reset_password_from_key": "20/m/ip",
}
MFA_ADAPTER = "gebruikers.adapter.MfaAdapter"
MFA_FORMS = {
    "authenticate": "gebruikers.forms.AuthenticateForm",
    "reauthenticate": "gebruikers.forms.ReauthenticateFactorForm",
    "activate_totp": "gebruikers.forms.ActivateTotpForm",
    "generate_recovery_codes": "gebruikers.forms.GenerateRecoveryCodesForm",
}
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "Samen maken we Alkmaar"
MFA_RECOVERY_CODES_SHOW_ONCE = True
# Looks at allauth's table of addresses, which stays empty; a medewerker's address was proved by the invitation.
MFA_ALLOW_UNVERIFIED_EMAIL = True

# Language and time
LANGUAGE_CODE = "nl"
LANGUAGES = [("nl", "Nederlands")]
TIME_ZONE = "Europe/Amsterdam"
USE_I18N = True
USE_TZ = True
USE_THOUSAND_SEPARATOR = True

# Files
STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
WHITENOISE_USE_FINDERS = EMBEDDED
WHITENOISE_ALLOW_ALL_ORIGINS = False
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if EMBEDDED
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
MEDIA_ROOT = Path(env.str("MEDIA_DIR", str(VAR_DIR / "media")))
FOTO_MAX_BYTES = 10 * 1024 * 1024
FOTO_MAX_NUMBER = 3
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FILES = 10
FILE_UPLOAD_HANDLERS = [
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "basis.uploads.NamelessFileUploadHandler",
]
FILE_UPLOAD_PERMISSIONS = 0o640

# How often, in any period of so many seconds: for each visitor and, where that says something, network and mailbox.
# `basis.limieten` tells what these are and how they are counted. Codes by mail are counted by ACCOUNT_RATE_LIMITS.
LIMIETEN = {
    "melding": {"visitor": 20, "network": 200, "seconds": 60 * 60},
    # By staff, for who calls or stands at the desk: more than anybody types, so that a script is held up.
    "invoeren": {"visitor": 200, "seconds": 60 * 60},
    # Ideas of one visitor; each sends a mail with the private link.
    "initiatief": {"visitor": 10, "network": 100, "mailbox": 5, "seconds": 60 * 60},
    # Mails that confirm a melding. Beyond these the melding comes in all the same, and is not confirmed by mail.
    "bevestiging": {"mailbox": 10, "seconds": 60 * 60},
    # Sent with whatever form, three to a melding: each costs time to convert, and is kept for a day.
    "foto": {"visitor": 60, "network": 600, "seconds": 60 * 60},
    # Following without signing in: a mail asks whether it is meant.
    "volgen": {"visitor": 20, "network": 200, "mailbox": 5, "seconds": 60 * 60},
    # What organisations send by their link; a large one has its whole counter behind one address.
    "overdracht": {"visitor": 100, "network": 600, "seconds": 60 * 60},
    # Another address for an own melding: a mail asks there whether it is meant.
    "emailwijziging": {"visitor": 20, "network": 200, "mailbox": 5, "seconds": 60 * 60},
    # Wide enough for a class that types addresses behind one address; a script is held up.
    "adressen": {"visitor": 100, "seconds": 10},
    "zoeken": {"visitor": 40, "seconds": 10},
    # What a system sends over Open311; how often it may stands with its key (`Koppeling.limiet_per_uur`).
    "open311": {"seconds": 60 * 60},
    # What other programs read: large, and made anew for each question.
    "lezen": {"visitor": 30, "seconds": 10},
}

# Map and addresses (PDOK)
PDOK_URL = env.str("PDOK_URL", "https://api.pdok.nl/bzk/locatieserver/search/v3_1/")
PDOK_TIMEOUT_SECONDS = 1.0
TILES_URL = env.str(
    "TILES_URL", "https://service.pdok.nl/brt/achtergrondkaart/wmts/v2_0/standaard/EPSG:3857/{z}/{x}/{y}.png"
)
TILES_ATTRIBUTION = env.str("TILES_ATTRIBUTION", "Kaartgegevens © Kadaster")
TILES_ORIGIN = "/".join(TILES_URL.split("/", 3)[:3]) if TILES_URL else ""
# Of django-leaflet, whose default tiles come from elsewhere; `alkmaar_portal.context` hands the first ones to our maps.
LEAFLET_CONFIG = {"TILES": [("PDOK", TILES_URL, {"attribution": TILES_ATTRIBUTION, "maxZoom": 19})]}

CRISPY_TEMPLATE_PACK = "alkmaar"
CRISPY_ALLOWED_TEMPLATE_PACKS = ("alkmaar",)

# Security
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:", "blob:", *([TILES_ORIGIN] if TILES_ORIGIN else [])],
        "connect-src": [SELF],
        "font-src": [SELF],
        "manifest-src": [SELF],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "upgrade-insecure-requests": not EMBEDDED,
    }
}
# Besides what Django and the policy above say. Of what a browser can do the pages ask where somebody is, and no more.
NOT_ASKED_OF_BROWSERS = ["camera", "display-capture", "microphone", "midi", "payment", "usb"]
EXTRA_HEADERS = {
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": ", ".join(["geolocation=(self)", *(f"{name}=()" for name in NOT_ASKED_OF_BROWSERS)]),
    "X-Permitted-Cross-Domain-Policies": "none",
}
# What `/.well-known/security.txt` names: an address of the web, as RFC 9116 (section 2.5.3) wants.
SECURITY_CONTACT = env.str(
    "SECURITY_CONTACT",
    validate=valid.Regexp(r"(mailto:|https://|tel:)\S+\Z"),
    **embedded_default("mailto:beveiliging@voorbeeld.example"),
)
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = not EMBEDDED
# No script reads a cookie. The prefix ties them to this host and to TLS: a neighbouring host can't plant its own.
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
# Lax: who comes by a link in a mail is still signed in.
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
if not EMBEDDED:
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-sessionid", "__Host-csrftoken"
SESSION_ENGINE = "basis.sessions"
SESSION_COOKIE_AGE = 12 * 60 * 60
SECURE_HSTS_SECONDS = 0 if EMBEDDED else 365 * 24 * 60 * 60
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = not EMBEDDED
SECURE_PROXY_SSL_HEADER = None if EMBEDDED else ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_REDIRECT_EXEMPT = [r"^health/", r"^metrics$"]
CSRF_TRUSTED_ORIGINS = [PORTAL_URL] if PORTAL_URL else []

# What `/metrics` asks for; without it that page is not there. The folder is where the web processes count together.
METRICS_TOKEN = env.str("METRICS_TOKEN", "")
METRICS_DIR = env.str("PROMETHEUS_MULTIPROC_DIR", "")

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "plain": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"},
        "lines": {"()": "basis.logs.JsonLines"},
    },
    "filters": {"on_purpose": {"()": "basis.logs.OnPurpose"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain" if EMBEDDED else "lines"}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", "WARNING" if EMBEDDED else "INFO")},
    "loggers": {
        # Naming these two takes the handlers away that they bring along: mail to admins, and plain lines.
        "django": {},
        "gunicorn.error": {"propagate": True},
        # What a visitor may not see or asked wrongly is no fault of the portal; a 500 is.
        "django.request": {"level": "ERROR", "filters": ["on_purpose"]},
        # Two lines for every tick of the clock; `alkmaar_portal.celery` says what was done.
        "celery.beat": {"level": "WARNING"},
        "celery.app.trace": {"level": "WARNING"},
        "celery.worker.strategy": {"level": "WARNING"},
    },
}

env.seal()
