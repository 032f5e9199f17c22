"""What `bin/test` does once the environment is there: every check and every test, timed, and told at the end."""

import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from tests.servers import LeftOut, chromium, nginx, postgresql, redis_database

HELP = """\
bin/test                        everything: the linters, then the tests on SQLite, on PostgreSQL with Redis and a
                                Celery worker, and the journeys in Chromium on both databases
bin/test -x                     the same, but stops at the first step that fails
bin/test [PYTEST ARGUMENTS]     only these tests, on SQLite, without the linters: bin/test tests/gebieden -k dorp
bin/test --servers [ARGUMENTS]  only these tests, on PostgreSQL with Redis
bin/test --lang                 the long form of everything, or of the ARGUMENTS: many rounds of kills, with figures
bin/test --fix                  no tests: mends what the linters can mend by themselves

PostgreSQL, Redis, Chromium and nginx are used where they are there; as root on Debian they are installed. Other ones:
TEST_DATABASE_URL (postgres://user:password@host:port/database, whose user may create databases),
TEST_REDIS_URL (redis://host:port/number, an empty database and not number 0), TEST_CHROMIUM, TEST_NGINX (their paths).
TEST_SEED repeats the order of kills of an earlier run.
With CI=true whatever has to be left out is a failure.
"""

CI = os.environ.get("CI") == "true"
PROGRAMS = Path("var/venv/bin").resolve()
WORKERS = str(min(os.cpu_count() or 2, 4))
# A step that takes longer than this hangs.
STEP_SECONDS = 30 * 60


def clean_environment(var: str) -> dict[str, str]:
    """The environment without what somebody's shell says about the portal, Django or pytest; writes go to `var`."""
    of_the_portal = re.findall(r"^#?([A-Z_]+)=", Path(".env.example").read_text(encoding="utf-8"), flags=re.MULTILINE)
    as_files = {f"{name}_FILE" for name in of_the_portal}
    dropped = {*of_the_portal, *as_files, "DJANGO_SETTINGS_MODULE", "PYTEST_ADDOPTS", "TEST_REDIS_URL"}
    kept = {name: value for name, value in os.environ.items() if name not in dropped}
    return {**kept, "ENV_FILE": os.devnull, "VAR_DIR": var, "PYTEST_DEBUG_TEMPROOT": var}


def templates() -> list[str]:
    """What djade looks at, for our version of Django."""
    return ["--target-version", "5.2", *sorted(str(path) for path in Path("templates").rglob("*.html"))]


@dataclass
class Run:
    """One run: what was done, how long it took, what failed, what was left out."""

    environment: dict[str, str]
    stop_at_first: bool = False
    lines: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)

    def step(self, name: str, *commands: list[str], **variables: str) -> None:
        """Run `commands`, programs of the environment, under a heading; the step fails when one of them does."""
        if self.failed and self.stop_at_first:
            return
        print(f"\n== {name}", flush=True)
        started = time.monotonic()
        codes = [self.code(command, variables) for command in commands]
        failed = any(codes)
        seconds = time.monotonic() - started
        print(f"-- {seconds:.0f} s", flush=True)
        self.lines.append(f"{'FAILED' if failed else 'ok':8}{seconds:5.0f} s  {name}")
        if failed:
            self.failed.append(name)

    def code(self, command: list[str], variables: dict[str, str]) -> int:
        """The exit code of one command."""
        try:
            return subprocess.run(
                [str(PROGRAMS / command[0]), *command[1:]],
                env={**self.environment, **variables},
                stdin=subprocess.DEVNULL,
                timeout=STEP_SECONDS,
                check=False,
            ).returncode
        except subprocess.TimeoutExpired:
            print(f"Stopped after {STEP_SECONDS // 60} minutes.", flush=True)
            return 1

    @property
    def is_long(self) -> bool:
        """Whether this is the long form."""
        return "TEST_LANG" in self.environment

    def linters(self) -> None:
        """What can be said without running the portal, and Django's own checks."""
        manage = ["python", "manage.py"]
        self.step("ruff", ["ruff", "check", "."], ["ruff", "format", "--check", "--output-format", "concise", "."])
        self.step(
            "Deployment",
            ["check-jsonschema", "--builtin-schema", "vendor.compose-spec", "docker-compose.yml"],
            ["docker-compose", "--env-file", os.devnull, "config", "--quiet"],
            ["hadolint", "Dockerfile"],
            PORTAL_HOST="portaal.voorbeeld.example",
            MAIL_FROM="portaal@voorbeeld.example",
            SECURITY_CONTACT="mailto:beveiliging@voorbeeld.example",
        )
        self.step("djade", ["djade", "--check", *templates()])
        self.step("mypy", ["mypy"])
        self.step("import-linter", ["lint-imports", "--no-logo", "--cache-dir", "var/cache/import-linter"])
        self.step(
            "Django's checks",
            [*manage, "check", "--fail-level", "WARNING"],
            [*manage, "makemigrations", "--check", "--dry-run"],
            EMBEDDED="true",
            SECRET_KEY="only for tests",
        )

    def fix(self) -> int:
        """Let the linters mend what they can; the exit code says whether ruff still finds something."""
        self.code(["djade", *templates()], {})
        self.code(["ruff", "format", "."], {})
        return self.code(["ruff", "check", "--fix", "."], {})

    def pytest(self, name: str, marked: str, *arguments: str, **variables: str) -> None:
        """Run the tests with these marks; pytest itself fails when there is none."""
        stop = ["-x"] if self.stop_at_first else []
        shown = ["--quiet", "-rsfE", "--durations=5", "--durations-min=2"]
        self.step(name, ["pytest", *shown, *stop, "-m", marked, *arguments], **variables)

    def obtain(self, stack: ExitStack, server: AbstractContextManager[str]) -> str | None:
        """The address of a server until `stack` ends, or None and a line in `left_out`."""
        try:
            return stack.enter_context(server)
        except LeftOut as reason:
            self.left_out.append(str(reason))
            print(f"\nLeft out: {reason}", flush=True)
            return None

    def everything(self) -> None:
        """All steps; those that need no server come first."""
        self.linters()
        if self.failed and self.stop_at_first:
            return
        with ExitStack() as stack:
            database = self.obtain(stack, postgresql())
            broker = self.obtain(stack, redis_database())
            browser = self.obtain(stack, chromium())
            # Found by the tests themselves, once it is there.
            self.obtain(stack, nginx())
            # What takes long, or touches no database, runs once; in the long form all of it runs on both.
            once = bool(database) and not self.is_long
            on_sqlite = "not browser and not postgres and not servers" + (" and not heavy" if once else "")
            on_postgresql = "not browser and (not plain or servers or postgres)" if once else "not browser"
            fast = ["-n", WORKERS, "--dist", "loadgroup"]
            self.pytest("Tests on SQLite", on_sqlite, *fast)
            if database and broker:
                servers = {"DATABASE_URL": database, "TEST_REDIS_URL": broker}
                self.pytest("Tests on PostgreSQL, Redis and a worker", on_postgresql, *fast, **servers)
            elif database:
                self.pytest("Tests on PostgreSQL", f"{on_postgresql} and not servers", *fast, DATABASE_URL=database)
            if database and broker:
                server = urlsplit(database)._replace(path="/postgres").geturl()
                self.step("Bench, in short", ["python", "-m", "bench.run", "--short"], TEST_DATABASE_URL=server)
            if browser:
                self.journeys("SQLite", TEST_CHROMIUM=browser)
            if browser and database:
                again = "browser" if self.is_long else "browser and not look"
                self.journeys("PostgreSQL", again, TEST_CHROMIUM=browser, DATABASE_URL=database)

    def journeys(self, database: str, marked: str = "browser", **variables: str) -> None:
        """The tests in Chromium; what failed leaves its last picture in var/journeys."""
        pictures = ["--screenshot=only-on-failure", f"--output=var/journeys/{database.lower()}"]
        self.pytest(f"Journeys on {database}", marked, "-n", WORKERS, *pictures, **variables)

    def summary(self) -> int:
        """Tell how everything went; the exit code of the run."""
        print("\n== Summary")
        print("\n".join(self.lines))
        for reason in self.left_out:
            print(f"LEFT OUT: {reason}")
        if self.failed:
            print(f"Failed: {', '.join(self.failed)}.")
        elif self.left_out and CI:
            print("Failed: with CI=true nothing may be left out.")
        return 1 if self.failed or (CI and self.left_out) else 0


def some_tests(run: Run, arguments: list[str], *, servers: bool) -> int:
    """Hand `arguments` to pytest; its exit code."""
    with ExitStack() as stack:
        variables = {}
        if servers:
            variables["DATABASE_URL"] = stack.enter_context(postgresql())
            variables["TEST_REDIS_URL"] = stack.enter_context(redis_database())
        return run.code(["pytest", *arguments], variables)


def main(arguments: list[str]) -> int:
    """Run what `arguments` ask for; the exit code."""
    if {"-h", "--help"} & set(arguments):
        print(HELP)
        return 0
    # Ending what was started must also happen when somebody else ends this run.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    Path("var").mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="test-", dir=Path("var").resolve(), ignore_cleanup_errors=True) as var:
        is_long = "--lang" in arguments
        arguments = [argument for argument in arguments if argument != "--lang"]
        environment = {**clean_environment(var), **({"TEST_LANG": "1"} if is_long else {})}
        run = Run(environment, stop_at_first=arguments == ["-x"])
        try:
            if arguments == ["--fix"]:
                return run.fix()
            if arguments and arguments != ["-x"]:
                selection = [argument for argument in arguments if argument != "--servers"]
                return some_tests(run, selection, servers="--servers" in arguments)
            run.everything()
            return run.summary()
        except LeftOut as reason:
            print(reason)
            return 1
        except KeyboardInterrupt:
            print("\nInterrupted.")
            return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
