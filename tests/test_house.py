"""The house keeps its plan: where writes happen, who sends mail, which way imports and migrations run."""

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.db.migrations.loader import MigrationLoader

ROOT = Path(__file__).resolve().parent.parent
# From the roof down; who stands lower never knows who stands higher, and the floors don't know each other.
LEVELS = [
    {"alkmaar_portal"},
    {"meldingen", "initiatieven", "agenda"},
    {"gebieden"},
    {"berichten"},
    {"gebruikers"},
    {"basis"},
]
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))

# Writes outside actions.py and models.py, each with the reason why it is no door to what has a life-cycle.
# A line is "file: call", as `write_calls` names it.
ALLOWED_WRITES = {
    "alkmaar_portal/health.py: connection.cursor": "asks the database whether it answers",
    "basis/management/commands/rechten.py: connection.cursor": "grants rights; touches no rows",
}

# Always a write, whatever it is called with; a cursor can do anything.
WRITES = {"bulk_create", "bulk_update", "create", "cursor", "get_or_create", "update_or_create"}
# A write only without positional arguments; with them it is a dict, a set, a hash, a file or a cache.
WRITES_WITHOUT_POSITIONAL = {"save", "delete", "update"}


def sources(*names: str) -> Iterator[tuple[str, ast.Module]]:
    """Path and syntax tree of every module of these apps, by default of all; not the migrations."""
    for app in names or settings.OWN_APPS:
        for path in sorted((ROOT / app).rglob("*.py")):
            if "migrations" not in path.parts:
                yield path.relative_to(ROOT).as_posix(), ast.parse(path.read_text(encoding="utf-8"))


def write_calls(tree: ast.AST) -> Iterator[str]:
    """The calls in `tree` that write to the database, as they stand there without their arguments."""
    for call in ast.walk(tree):
        if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Attribute):
            continue
        # asave, acreate and the like are the same for callers that await.
        names = {call.func.attr, call.func.attr.removeprefix("a")}
        if names & WRITES or (names & WRITES_WITHOUT_POSITIONAL and not call.args):
            yield ast.unparse(call.func)


def imported(tree: ast.AST) -> Iterator[str]:
    """The full names of everything that `tree` imports, also inside functions."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def is_at_or_below(name: str, package: str) -> bool:
    """Whether dotted `name` is `package` or something in it."""
    return name == package or name.startswith(f"{package}.")


def may_write(path: str) -> bool:
    """Whether this module is a place for writes: actions and models, one file or a package of them."""
    return bool({"actions", "models"} & set(path.removesuffix(".py").split("/")[1:]))


def test_writes_happen_in_actions_and_models_only() -> None:
    found = {f"{path}: {call}" for path, tree in sources() if not may_write(path) for call in write_calls(tree)}
    assert sorted(found - ALLOWED_WRITES.keys()) == [], "move these to actions.py, or allow them with a reason"
    assert sorted(ALLOWED_WRITES.keys() - found) == [], "these are gone: take them off the list"


@pytest.mark.parametrize(
    ("code", "writes"),
    [
        ("melding.save()", True),
        ("form.save(commit=False)", True),
        ("await melding.asave(update_fields=['status'])", True),
        ("Melding.objects.create(naam=naam)", True),
        ("await Melding.objects.acreate(naam=naam)", True),
        ("Melding.objects.filter(pk=1).update(status='x')", True),
        ("Melding.objects.all().delete()", True),
        ("Melding.objects.bulk_create(rows)", True),
        ("Melding.objects.get_or_create(naam=naam)", True),
        ("connection.cursor()", True),
        ("kwargs.update(other)", False),
        ("hashlib.sha256().update(data)", False),
        ("seen.update({1, 2})", False),
        ("cache.delete(key)", False),
        ("storage.delete(name)", False),
        ("image.save(buffer, format='WEBP')", False),
        ("today.replace(day=1)", False),
    ],
)
def test_what_counts_as_a_write(code: str, writes: bool) -> None:
    assert bool(list(write_calls(ast.parse(code)))) is writes


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        ("meldingen/actions.py", True),
        ("meldingen/actions/behandelen.py", True),
        ("meldingen/models.py", True),
        ("meldingen/views.py", False),
        ("meldingen/views/actions_of_staff.py", False),
        ("gebieden/management/commands/importeer_gebieden.py", False),
    ],
)
def test_where_writes_belong(path: str, allowed: bool) -> None:
    assert may_write(path) is allowed


def test_only_berichten_sends_mail() -> None:
    found = {
        path
        for path, tree in sources()
        if not path.startswith("berichten/")
        for name in imported(tree)
        if any(
            is_at_or_below(name, mail) for mail in ("django.core.mail", "smtplib", "berichten.mail", "berichten.tasks")
        )
    }
    assert found == set()


def test_no_request_talks_to_the_broker() -> None:
    """Tasks are started by beat and by other tasks: whoever serves a page never waits for the broker."""
    found = {
        f"{path}: {ast.unparse(call.func)}"
        for path, tree in sources()
        if Path(path).name != "tasks.py"
        for call in ast.walk(tree)
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Attribute)
        and call.func.attr in {"delay", "apply_async", "send_task"}
    }
    assert found == set()


def test_no_signals_for_our_own_writes() -> None:
    found = {
        f"{path}: {name}"
        for path, tree in sources()
        for name in imported(tree)
        if is_at_or_below(name, "django.dispatch") or is_at_or_below(name, "django.db.models.signals")
    }
    assert found == set()


def test_migrations_never_point_uphill() -> None:
    level_of = {app: level for level, names in enumerate(LEVELS) for app in names}
    migrations = MigrationLoader(None, ignore_no_migrations=True).disk_migrations
    own = {key: migration for key, migration in migrations.items() if key[0] in level_of}
    uphill = [
        f"{app}.{name} needs {needed}"
        for (app, name), migration in own.items()
        for needed, _ in [*migration.dependencies, *migration.run_before]
        if needed in level_of and needed != app and level_of[needed] <= level_of[app]
    ]
    assert own
    assert uphill == []


def test_the_glossary_knows_every_model() -> None:
    """Dutch names are words of the glossary; what has an English name is listed here."""
    english = {"AreaImport"}
    words = set(re.findall(r"\w+", (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8").lower()))
    names = {model.__name__ for app in settings.OWN_APPS for model in apps.get_app_config(app).get_models()}
    assert sorted(name for name in names - english if name.lower() not in words) == []


def test_import_linter_and_mypy_know_the_whole_house() -> None:
    """A new app, or a new kind of file in an app, must not stay outside the contracts that `bin/test` checks."""
    linter = PYPROJECT["tool"]["importlinter"]
    house, inside = linter["contracts"]
    floors = set().union(*LEVELS)
    assert floors == set(settings.OWN_APPS) == set(linter["root_packages"])
    assert [set(re.split(r"\s*\|\s*", layer)) for layer in house["layers"]] == LEVELS
    assert floors <= set(PYPROJECT["tool"]["mypy"]["files"])
    layered = {app for app in floors if (ROOT / app / "models.py").exists() or (ROOT / app / "models").exists()}
    assert layered - {"basis"} <= set(inside["containers"])
    assert "lint-imports" in (ROOT / "tests" / "run.py").read_text(encoding="utf-8")
