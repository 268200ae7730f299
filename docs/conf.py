"""How the documentation is built: `sphinx-build -n -W -b html docs docs/_build/html`."""

from __future__ import annotations

import logging
import re
import sys
from enum import Enum
from importlib.metadata import version as installed_version
from pathlib import Path

import attrs
from sphinx.application import Sphinx
from sphinx.ext.napoleon import Config, GoogleDocstring

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

import rules  # noqa: E402 - it stands beside this file
import tables  # noqa: E402 - the same

# Alembic tells of every plugin it loads.
logging.getLogger("alembic").setLevel(logging.WARNING)

project = "jobthreads"
author = "The jobthreads authors"
project_copyright = "2026, The jobthreads authors"
release = installed_version("jobthreads")
version = ".".join(release.split(".")[:2])

extensions = ["myst_parser", "sphinx.ext.autodoc"]
source_suffix = {".md": "markdown"}
exclude_patterns = ["_build"]

html_theme = "furo"
html_title = f"jobthreads {release}"
html_copy_source = False
html_show_sphinx = False

myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 3

# In docstrings a word between single backquotes is code.
default_role = "code"
add_module_names = False
autodoc_member_order = "bysource"
autodoc_typehints_format = "short"
# A snapshot of a default such as `frozenset({<Role.ADMIN: 'admin'>, …})` would only be noise.
autodoc_preserve_defaults = True
maximum_signature_line_length = 88

nitpicky = True
# What a page holds is a type variable, which has no page of its own.
nitpick_ignore = [("py:class", "jobthreads.domain.paging.T")]
nitpick_ignore_regex = [
    # The build reads nothing from the network, so other projects' inventories are not there to link to.
    ("py:.*", r"(collections|contextlib|datetime|email|enum|os|pathlib|typing|uuid|types|decimal)\..*"),
    ("py:.*", r"(sqlalchemy|flask|django|werkzeug|markupsafe|cattrs|attr|attrs|blinker|pytest|jinja2)\..*"),
]


def _fill(_app: Sphinx, _page: str, source: list[str]) -> None:
    """Put what is made from the code and the tests in the place of its marker."""
    for marker, make in {
        "<!-- rules: M -->": lambda: rules.markdown("M"),
        "<!-- rules: J -->": lambda: rules.markdown("J"),
        "<!-- rules: S -->": lambda: rules.markdown("S"),
        "<!-- table: errors -->": tables.errors,
        "<!-- table: settings -->": tables.settings,
        "<!-- table: roles -->": tables.roles,
        "<!-- table: staff routes -->": tables.staff_routes,
        "<!-- table: portal routes -->": tables.portal_routes,
    }.items():
        if marker in source[0]:
            source[0] = source[0].replace(marker, make())


def _tell_defaults(
    _app: Sphinx, _what: str, _name: str, thing: object, _options: object, signature: str | None, returns: str | None
) -> tuple[str | None, str | None]:
    """Put the defaults of an attrs class, which its source does not hold, into its signature."""
    if not (isinstance(thing, type) and attrs.has(thing) and signature):
        return signature, returns
    defaults = {field.alias: field.default for field in attrs.fields(thing)}

    def shown(found: re.Match[str]) -> str:
        default = defaults[found[1]]
        if isinstance(default, Enum):
            return f"{type(default).__name__}.{default.name}"
        return repr(default) if default is None or isinstance(default, bool | int | str | tuple) else "..."

    return re.sub(r"attr_dict\['(\w+)'\]\.default", shown, signature).replace("NOTHING", "..."), returns


def _read_sections(app: Sphinx, what: str, name: str, thing: object, options: object, lines: list[str]) -> None:
    """Read `Args:` and `Attributes:` of classes and functions.

    Of nothing else: as an extension, napoleon would take the words before a colon in an attribute's sentence for
    its type.
    """
    # A plural such as `Line`s is plain to a reader of the source, and needs a mark for reStructuredText.
    lines[:] = [re.sub(r"(?<!`)(`[^`]+`)(?=\w)", r"\1\\ ", line) for line in lines]
    if what in {"class", "exception", "function", "method"}:
        lines[:] = GoogleDocstring(lines, Config(napoleon_use_ivar=True), app, what, name, thing, options).lines()


def setup(app: Sphinx) -> dict[str, bool]:
    """Tell Sphinx about the pages that are partly made."""
    app.connect("source-read", _fill)
    app.connect("autodoc-process-docstring", _read_sections)
    app.connect("autodoc-process-signature", _tell_defaults)
    # What is made depends on code and tests, which Sphinx does not watch: those pages are read anew each time.
    app.connect("env-get-outdated", lambda _app, env, _added, _changed, _removed: sorted(_made(env.found_docs)))
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def _made(pages: set[str]) -> set[str]:
    return {page for page in pages if page in {"behaviour", "how-to/access"} or page.startswith("reference/")}
