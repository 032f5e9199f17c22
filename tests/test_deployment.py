"""What is written about running the portal is true: the files name what is there."""

import os
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from pytest_django import Settings

from tests.worker.installation import compose_config

ROOT = Path(__file__).resolve().parent.parent
GUIDE = (ROOT / "docs" / "deployment.md").read_text(encoding="utf-8")
#: Read by gunicorn, and by the shell scripts of db and backup.
NOT_OF_THE_PORTAL = {"WEB_CONCURRENCY"}


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    return compose_config(
        PORTAL_HOST="portaal.voorbeeld.example",
        MAIL_FROM="Portaal <portaal@voorbeeld.example>",
        SECURITY_CONTACT="mailto:beveiliging@voorbeeld.example",
    )


def portal_services(compose: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {name: service for name, service in compose["services"].items() if "build" in service}


def test_the_image_holds_every_app_and_no_secret() -> None:
    allowed = {line.removeprefix("!") for line in (ROOT / ".dockerignore").read_text("utf-8").splitlines()}
    assert {*settings.OWN_APPS, "templates", "static", "deploy", "manage.py", "requirements.lock"} <= allowed
    assert not {".env", "secrets", "var", ".git", "tests"} & allowed


def test_what_an_installation_adds_to_this_folder_stays_out_of_git() -> None:
    ignored = (ROOT / ".gitignore").read_text("utf-8").splitlines()
    assert {".env", "/secrets/", "/backups/", "/docker-compose.override.yml"} <= set(ignored)


def test_services_get_variables_that_the_portal_reads(compose: dict[str, Any]) -> None:
    known = set(re.findall(r"^#?([A-Z_]+)=", (ROOT / ".env.example").read_text("utf-8"), flags=re.MULTILINE))
    services = portal_services(compose)
    assert set(services) == {"web", "worker", "beat", "migrate"}
    for name, service in services.items():
        given = {variable.removesuffix("_FILE") for variable in service["environment"]} - NOT_OF_THE_PORTAL
        assert given <= known, name
        for variable, value in service["environment"].items():
            if variable.endswith("_FILE"):
                assert value.removeprefix("/run/secrets/") in {secret["source"] for secret in service["secrets"]}, name


def test_only_the_one_that_migrates_knows_the_owner_of_the_tables(compose: dict[str, Any]) -> None:
    for name in ("proxy", "web", "worker", "beat"):
        given = {secret["source"] for secret in compose["services"][name].get("secrets", [])}
        assert not given & {"owner_database_url", "postgres_password"}, name


def test_services_can_do_little(compose: dict[str, Any]) -> None:
    for name, service in {**portal_services(compose), "proxy": compose["services"]["proxy"]}.items():
        assert service["read_only"], name
        assert service["cap_drop"] == ["ALL"], name
        assert service["security_opt"] == ["no-new-privileges:true"], name
    published = {name for name, service in compose["services"].items() if service.get("ports")}
    assert published == {"proxy"}
    reached_from_outside = {name for name, service in compose["services"].items() if "outside" in service["networks"]}
    assert reached_from_outside == {"proxy", "web", "worker"}
    assert compose["networks"]["inside"]["internal"]


def test_what_runs_on_is_started_again_and_looked_after(compose: dict[str, Any]) -> None:
    for name in ("proxy", "web", "worker", "beat", "db", "redis"):
        service = compose["services"][name]
        assert service["restart"] == "unless-stopped", name
        # That of web stands in the Dockerfile.
        assert name == "web" or service["healthcheck"]["test"], name
    dockerfile = (ROOT / "Dockerfile").read_text("utf-8")
    assert "HEALTHCHECK" in dockerfile
    assert re.search(r"^USER [1-9]\d+$", dockerfile, re.MULTILINE)


def test_a_backup_that_fails_leaves_nothing_behind(tmp_path: Path) -> None:
    backups, programs, media = (tmp_path / name for name in ("backups", "programs", "media"))
    for folder in (backups, programs, media):
        folder.mkdir()
    # The database is kept, and then there is no room for the photos.
    for name, script in {"pg_dump": f"cd {backups}/*.part && touch portal.dump", "tar": "exit 2"}.items():
        (programs / name).write_text(f"#!/bin/sh\n{script}\n", "utf-8")
        (programs / name).chmod(0o755)
    variables = {"BACKUP_DIR": str(backups), "MEDIA_DIR": str(media), "DATABASE_URL_FILE": os.devnull}
    done = subprocess.run(
        ["/bin/sh", ROOT / "deploy" / "backup.sh"],
        env={"PATH": f"{programs}:{os.environ['PATH']}", **variables},
        capture_output=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (2, b"")
    assert list(backups.iterdir()) == []


@pytest.mark.parametrize(
    ("script", "programs"),
    [("backup.sh", ["pg_dump"]), ("restore.sh", ["pg_restore", "psql"]), ("roles.sh", ["psql"])],
)
def test_no_password_stands_in_the_arguments_of_a_process(script: str, programs: list[str], tmp_path: Path) -> None:
    """Each program is told where the database is, and gets the password by its environment."""
    for folder in ("programs", "backups", "backups/kept", "media"):
        (tmp_path / folder).mkdir()
    # They note what they were asked, and by which password.
    note = f'echo "$0 $*" >>{tmp_path}/arguments; env | grep PASSWORD >>{tmp_path}/passwords; cat >/dev/null'
    for name in [*programs, "tar", "sha256sum"]:
        (tmp_path / "programs" / name).write_text(f"#!/bin/sh\n{note if name in programs else ':'}\n", "utf-8")
        (tmp_path / "programs" / name).chmod(0o755)
    for name in ("portal", "owner"):
        (tmp_path / name).write_text(f"postgres://{name}:secret-of-{name}@db:5432/portal\n", "utf-8")
    done = subprocess.run(
        ["/bin/sh", ROOT / "deploy" / script, "kept"],
        env={
            "PATH": f"{tmp_path}/programs:{os.environ['PATH']}",
            "BACKUP_DIR": f"{tmp_path}/backups",
            "MEDIA_DIR": f"{tmp_path}/media",
            "DATABASE_URL_FILE": f"{tmp_path}/portal",
            "OWNER_DATABASE_URL_FILE": f"{tmp_path}/owner",
        },
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    arguments = (tmp_path / "arguments").read_text("utf-8")
    assert [Path(line.split()[0]).name for line in arguments.splitlines() if line.startswith("/")] == programs
    assert "secret" not in arguments
    passwords = set((tmp_path / "passwords").read_text("utf-8").split())
    if script == "roles.sh":
        assert passwords == {"PORTAL_PASSWORD=secret-of-portal", "OWNER_PASSWORD=secret-of-owner"}
    else:
        assert "postgres://portal@db:5432/portal" in arguments
        assert passwords == {"PGPASSWORD=secret-of-portal"}
    assert (done.returncode, done.stderr) == (0, "")


def test_every_task_of_the_clock_is_in_the_guide() -> None:
    table = GUIDE.partition("## What runs by itself")[2]
    told = set(re.findall(r"`(\w+\.tasks\.\w+)`", table))
    assert told == {str(entry["task"]) for entry in settings.CELERY_BEAT_SCHEDULE.values()}


def test_an_alert_tells_of_every_task_that_is_not_done_any_more() -> None:
    """Also after a restart of Redis, which forgets when they were: a comparison with nothing says nothing."""
    told = set(re.findall(r'absent\(portal_task_done_timestamp_seconds\{task="([\w.]+)"\}\)', GUIDE))
    assert told == {str(entry["task"]) for entry in settings.CELERY_BEAT_SCHEDULE.values()}


@pytest.mark.django_db
def test_every_figure_of_the_guide_is_there(client: Client, settings: Settings) -> None:
    settings.METRICS_TOKEN = "token"
    shown = client.get("/metrics", headers={"Authorization": "Bearer token"}).text
    told = set(re.findall(r"\bportal_\w+(?=\{|`| [>-])", GUIDE)) - {"portal_owner"}
    assert len(told) > 8
    assert {name for name in told if f"# TYPE {name} " not in shown} <= {"portal_task_done_timestamp_seconds"}
