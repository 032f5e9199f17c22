"""The settings: every variable is explained, what is missing is named at start, and production is strict."""

import ast
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from dotenv import dotenv_values

ROOT = Path(__file__).resolve().parent.parent
EXAMPLE = ROOT / ".env.example"
REQUIRED = [
    "ALLOWED_HOSTS",
    "BROKER_URL",
    "CACHE_URL",
    "DATABASE_URL",
    "EMAIL_URL",
    "MAIL_FROM",
    "PORTAL_URL",
    "SECRET_KEY",
    "SECURITY_CONTACT",
]


def variables_read() -> set[str]:
    """The names that settings.py asks `env` for."""
    tree = ast.parse((ROOT / "alkmaar_portal" / "settings.py").read_text(encoding="utf-8"))
    return {
        call.args[0].value
        for call in ast.walk(tree)
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Attribute)
        and isinstance(call.func.value, ast.Name)
        and call.func.value.id == "env"
        and call.args
        and isinstance(call.args[0], ast.Constant)
        and isinstance(call.args[0].value, str)
    }


def production_variables(tmp_path: Path) -> dict[str, str]:
    """The environment of a server that was set up by filling in .env.example."""
    values = {name: value or "" for name, value in dotenv_values(EXAMPLE).items()}
    return {
        **values,
        **bare_environment(tmp_path),
        "SECRET_KEY": "a-secret-of-the-tests-that-has-more-than-fifty-characters",
    }


def bare_environment(tmp_path: Path) -> dict[str, str]:
    """What a process needs to run, and nothing about the portal but where it may write."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "PYTHONPYCACHEPREFIX") if name in os.environ}
    return {**kept, "LANG": "C.UTF-8", "ENV_FILE": os.devnull, "VAR_DIR": str(tmp_path)}


def python(code: str, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Run `code` in a process of its own, with exactly this environment."""
    command = [sys.executable, "-c", code]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)


def manage(arguments: list[str], environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Run manage.py with exactly this environment."""
    command = [sys.executable, "manage.py", *arguments]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)


def test_every_variable_is_in_the_example_and_the_other_way_round() -> None:
    listed = re.findall(r"^#?([A-Z_]+)=", EXAMPLE.read_text(encoding="utf-8"), flags=re.MULTILINE)
    assert len(variables_read()) > 15
    assert sorted(listed) == sorted(variables_read())


def test_variables_without_a_default_are_the_ones_without_a_hash() -> None:
    assert sorted(dotenv_values(EXAMPLE)) == REQUIRED


def test_every_variable_is_explained() -> None:
    paragraphs = re.split(r"\n\s*\n", EXAMPLE.read_text(encoding="utf-8"))
    unexplained = [
        paragraph
        for paragraph in paragraphs
        if re.search(r"^#?[A-Z_]+=", paragraph, flags=re.MULTILINE) and not paragraph.startswith("# ")
    ]
    assert unexplained == []


def test_whatever_is_missing_is_named_at_once(tmp_path: Path) -> None:
    result = manage(["check"], {**bare_environment(tmp_path), "MAIL_FROM": "Portaal <portaal@voorbeeld.example>"})
    assert result.returncode == 1
    assert result.stdout == ""
    assert sorted(re.findall(r"^  ([A-Z_]+): ", result.stderr, flags=re.MULTILINE)) == [
        name for name in REQUIRED if name != "MAIL_FROM"
    ]
    assert "Traceback" not in result.stderr


def test_production_passes_djangos_deployment_checks(tmp_path: Path) -> None:
    result = manage(["check", "--deploy", "--fail-level", "WARNING"], production_variables(tmp_path))
    assert result.returncode == 0, result.stderr


def test_production_is_strict(tmp_path: Path) -> None:
    wanted = {
        "DEBUG": False,
        "EMBEDDED": False,
        "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "EMAIL_USE_TLS": True,
        "SESSION_COOKIE_SECURE": True,
        "CSRF_COOKIE_SECURE": True,
        "SECURE_SSL_REDIRECT": True,
        "SECURE_HSTS_SECONDS": 365 * 24 * 3600,
    }
    code = f"import json, alkmaar_portal.settings as s; print(json.dumps({{n: getattr(s, n) for n in {list(wanted)}}}))"
    result = python(code, production_variables(tmp_path))
    assert json.loads(result.stdout or "{}") == wanted, result.stderr


def test_production_goes_on_without_redis(tmp_path: Path) -> None:
    """No page waits long for the cache; worker and beat wait for the broker for as long as it takes."""
    shown = "[s.CACHES, s.CELERY_BROKER_CONNECTION_MAX_RETRIES]"
    code = f"import json, alkmaar_portal.settings as s; print(json.dumps({shown}))"
    caches, tries = json.loads(python(code, production_variables(tmp_path)).stdout)
    assert caches["default"] == {
        "BACKEND": "basis.cache.RedisOrMemoryCache",
        "LOCATION": "redis://localhost:6379/1",
        "OPTIONS": {"socket_connect_timeout": 0.5, "socket_timeout": 0.5},
    }
    assert tries is None


def test_production_gives_a_silent_database_up(tmp_path: Path) -> None:
    """What an address says of the connection (here TLS) counts all the same."""
    variables = production_variables(tmp_path)
    address = f"{variables['DATABASE_URL']}?sslmode=verify-full"
    code = "import json, alkmaar_portal.settings as s; print(json.dumps(s.DATABASES['default']['OPTIONS']))"
    options = json.loads(python(code, {**variables, "DATABASE_URL": address}).stdout)
    assert options == {
        "connect_timeout": 5,
        "keepalives_idle": 15,
        "keepalives_interval": 5,
        "keepalives_count": 3,
        "tcp_user_timeout": 30_000,
        "sslmode": "verify-full",
    }


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SECRET_KEY", ""),
        ("DATABASE_URL", "portal"),
        ("BEWAAR_CONTACT_DAYS", "opgelost=27,niet_opgelost=180,dubbel=90"),
        ("BEWAAR_FOTO_DAYS", "opgelost=90"),
        ("EMAIL_URL", "smtp+tls://portal:secret@mail.voorbeeld.example:587"),
    ],
)
def test_a_wrong_value_is_refused_at_start(name: str, value: str, tmp_path: Path) -> None:
    result = manage(["check"], {**production_variables(tmp_path), name: value})
    assert result.returncode == 1
    assert set(re.findall(r"^  ([A-Z_]+): ", result.stderr, flags=re.MULTILINE)) == {name}


def test_a_secret_may_come_as_a_file(tmp_path: Path) -> None:
    secret = tmp_path / "secret_key"
    secret.write_text("from-a-file\n", encoding="utf-8")
    variables = {**production_variables(tmp_path), "SECRET_KEY_FILE": str(secret)}
    code = "import alkmaar_portal.settings as s; print(s.SECRET_KEY)"
    assert python(code, variables).stdout == "from-a-file\n"
    secret.unlink()
    result = python(code, variables)
    assert result.returncode == 1
    assert "SECRET_KEY_FILE must be a readable file" in result.stderr


def test_the_policy_for_content_allows_nothing_inline() -> None:
    directives = settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]
    sources = {source for values in directives.values() if isinstance(values, list) for source in values}
    assert not {"'unsafe-inline'", "'unsafe-eval'", "*", "https:", "http:"} & sources
    assert directives["frame-ancestors"] == ["'none'"]
    outside = {source for source in sources if source.startswith("http")}
    assert outside == {settings.TILES_ORIGIN}


@pytest.mark.parametrize("library", ["None", "'libgdal-that-is-not-there.so'"], ids=["without GDAL", "with GDAL"])
def test_starts_with_and_without_gdal(library: str, tmp_path: Path) -> None:
    """Leaflet's admin imports GeoDjango, which needs GDAL: it must never be imported, on whatever machine."""
    result = python(
        "import ctypes.util, sys\n"
        f"ctypes.util.find_library = lambda name: {library}\n"
        "import django\n"
        "django.setup()\n"
        "from django.contrib import admin\n"
        "from django.urls import get_resolver\n"
        "get_resolver().url_patterns\n"
        "assert admin.site._registry, 'no admin was discovered'\n"
        "found = sorted(name for name in sys.modules if name.startswith('django.contrib.gis'))\n"
        "assert found == [], found\n",
        {
            **bare_environment(tmp_path),
            "DJANGO_SETTINGS_MODULE": "alkmaar_portal.settings",
            "EMBEDDED": "true",
            "SECRET_KEY": "only for tests",
        },
    )
    assert result.returncode == 0, result.stderr
