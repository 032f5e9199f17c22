"""Every address of the portal, found by walking the table that Django itself uses; for tests that hold for all."""

from collections.abc import Iterator
from itertools import product
from uuid import uuid4

from django.urls import URLPattern, URLResolver, get_resolver, resolve
from django.urls.exceptions import Resolver404
from django.utils.regex_helper import normalize

#: Values of which one fits each kind of argument in an address.
EXAMPLES = ["1", "10000000", "de-mare", "2026-11-21", str(uuid4()), "1/2"]


def every_pattern(resolver: URLResolver | None = None, namespace: str = "") -> Iterator[tuple[str, URLPattern]]:
    """Each address with the name by which `reverse` knows it; of one without a name, that of its view."""
    for entry in (resolver or get_resolver()).url_patterns:
        if isinstance(entry, URLPattern):
            yield namespace + (entry.name or entry.lookup_str.rsplit(".", 1)[-1]), entry
        else:
            inner = f"{namespace}{entry.namespace}:" if entry.namespace else namespace
            yield from every_pattern(entry, inner)


def names_of_pages() -> Iterator[str]:
    """The name of every address of the project; those of Django's admin are Django's own pages."""
    return (name for name, _pattern in every_pattern() if not name.startswith("admin:"))


def every_address(resolver: URLResolver, before: str = "/") -> Iterator[str]:
    """An example of each address of the project."""
    for entry in resolver.url_patterns:
        regex = entry.pattern.regex.pattern.removeprefix("^")
        for template, names in normalize(regex):
            if isinstance(entry, URLResolver):
                yield from every_address(entry, before + template % dict.fromkeys(names, "1"))
            else:
                assert isinstance(entry, URLPattern)
                yield first_that_resolves(before, template, names)


def first_that_resolves(before: str, template: str, names: list[str]) -> str:
    for values in product(EXAMPLES, repeat=len(names)):
        path = before + template % dict(zip(names, values, strict=True))
        try:
            resolve(path)
        except Resolver404:
            continue
        return path
    raise AssertionError(f"No example for {before}{template}: teach this test its kind of argument.")
