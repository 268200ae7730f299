"""Our own Jinja2 environment: fragments that stand in the host's page, or in our plain `shell.html`.

Templates are API. A host's folder wins over ours by path; there, `{% extends "jobthreads/staff/inbox.html" %}` still
names ours. Everything stands inside a root with the class `jobthreads`; nothing needs a script or an inline style.

What each template receives, besides `times` (`short`, `clock`, `full` of a time), `csrf_field` (called inside every
form that is posted, it gives the hidden field that Django asks for), `language` (`code`, `direction`), the filter
`linked`, and Jinja's own ways to say a text in the reader's language: `_` and `gettext`, `ngettext` for counts,
`pgettext`, `npgettext`, and the block `trans`. A translation is text, never markup; so are the facts in it, unless the
template made them markup:

========================== =====================================================================================
`shell.html`               `title content assets side places` (`label url count current`)
`refusal.html`             `title refusal text back_url back_label embedded`
`staff/inbox.html`         `rows` (`row url current`) `unread_only all_url unread_url first_url older_url new_url`
                           `empty refresh_url search search_action conversation`; the conversation has
                           `client_name reference title kind record_url activity_url days older_url newest_url
                           read_url upto composer`
`staff/new.html`           `clients client_id scopes scope text searchable nothing refusal action all_url
                           choices_url`
`staff/activity.html`      `header entries embedded composer uploader attached types authors active return_to
                           filter_action filter_fields author_field older_url newest_url refresh_url
                           record_url conversation_url read_url upto search search_field`
`staff/bell.html`          `notices` (`notice url said`) `read_action refresh_url`
`staff/bell_sign.html`     `url unread`
`portal/records.html`      `rows` (`record url`) `first_url older_url refresh_url search_action`
`portal/search.html`       `search search_action list_url refresh_url`
`portal/conversation.html` `conversation days older_url newest_url list_url read_url upto refresh_url composer
                           uploader attached`
`portal/enter.html`        `state` (`open`, `expired`, `renewed`) `business_name refusal action`
========================== =====================================================================================

`days` are `Day`s of `Line`s, `entries` `FeedLine`s (module `lines`), `composer` a `Composer`, `uploader` an `Uploader`
or None, `attached` an `Attached`: what became of the files that were just sent. `search` is a `Search` or None: the
`text` that was typed, the `query` (with which the filter `linked` marks its words), the `lines` found, or a `refusal`.

The classes a style sheet can rely on:

========================== =====================================================================================
page                       `jt-page jt-page-header jt-title` (h1) `jt-subtitle` (h2) `jt-back jt-sr` (for screen
                           readers only) `jt-sign` (svg) `jt-empty jt-more jt-link`
our shell                  `jt-body jt-shell jt-shell-staff jt-shell-portal jt-shell-header jt-shell-nav
                           jt-shell-link jt-main jt-skip`
inbox                      `jt-inbox` (`jt-inbox-open` with a conversation: on a phone hide `jt-threads`, without
                           it hide `jt-conversation`) `jt-threads jt-threads-header jt-new-conversation
                           jt-threads-list jt-thread-rows jt-thread-row` (`jt-unread jt-current`)
                           `jt-thread-link jt-thread-client jt-thread-at jt-thread-record jt-thread-snippet
                           jt-count jt-dot`
conversation               `jt-conversation` (`jt-conversation-none`) `jt-conversation-header
                           jt-conversation-names jt-conversation-links jt-record jt-reference jt-scroll` (one child
                           `jt-scroll-content`: column-reverse keeps the newest in sight) `jt-days jt-day
                           jt-day-label jt-lines jt-line` (`jt-ours jt-theirs jt-first jt-kind-reply …`)
                           `jt-new jt-meta jt-name jt-bubble jt-text jt-event jt-at`
composer                   `jt-composer` (`jt-composer-messages jt-composer-activity jt-composer-portal
                           jt-composer-closed jt-sending`) `jt-composer-body jt-composer-foot jt-tabs` (fieldset)
                           `jt-tab-choice` (radio, sibling of) `jt-tab` (`jt-tab-internal jt-tab-visible`)
                           `jt-when-internal jt-when-visible` (show the one whose radio is checked) `jt-why-not`
feed                       `jt-feed jt-embedded jt-feed-filters jt-filters jt-filter` (`aria-current`, `jt-filter-on`)
                           `jt-filter-form jt-active-filters jt-feed-list jt-entries jt-entry` (`jt-internal
                           jt-visible jt-kind-…`) `jt-entry-sign jt-entry-main jt-entry-head jt-verb jt-chip`
                           (`jt-chip-internal jt-chip-visible`) `jt-badge jt-changes jt-change`
search                     `jt-search jt-search-field jt-search-input jt-search-button jt-search-told jt-hits jt-hit
                           jt-hit-said jt-mark` (mark) `jt-portal-search`
files                      `jt-file` (`jt-thumb` with the sign and over it `jt-thumb-image`, which is nothing where
                           there is no preview; `jt-file-words jt-file-name jt-file-facts jt-file-state
                           jt-file-refused jt-download`) `jt-entry-file jt-switch`
adding files               `jt-upload jt-upload-for jt-choice jt-choose-files jt-file-input jt-uploads`
                           `jt-upload-line` (`jt-upload-stored jt-upload-refused`) `jt-upload-name jt-upload-size
                           jt-upload-progress jt-upload-result` `jt-add-files jt-add-files-label` (portal) `jt-drop`
                           (while files are held over the page, which then is `jt-dropping`)
forms                      `jt-form jt-field jt-label jt-input jt-select jt-textarea jt-hint jt-actions jt-button`
                           (`jt-button-primary jt-button-quiet`) `jt-error jt-error-sentence jt-error-hint`
New conversation           `jt-new-page jt-choose-client jt-choose-record`
bell                       `jt-bell jt-bell-link` (the sign) `jt-bell-page jt-bell-read jt-notices jt-notice
                           jt-notice-link jt-notice-text`
portal                     `jt-portal jt-portal-list jt-portal-conversation jt-records jt-record-row` (`jt-unread`)
                           `jt-record-link jt-record-title jt-record-reference jt-record-at jt-record-snippet
                           jt-enter`
refusal page               `jt-refusal`
with the script            `jt-scripted` on the root; `hidden` on what is then not needed; `jt-sending` on a form
========================== =====================================================================================
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from contextvars import ContextVar
from functools import cached_property
from pathlib import Path
from typing import Any

from jinja2 import ChoiceLoader, Environment, FileSystemLoader, PrefixLoader, StrictUndefined
from markupsafe import Markup

from jobthreads.web.language import ENGLISH, Language
from jobthreads.web.script_words import SCRIPT_WORDS
from jobthreads.web.text import linked

__all__ = ["ASSETS", "Rendering"]

_HERE = Path(__file__).parent

ASSETS: Mapping[str, str] = {
    "jobthreads.css": "text/css; charset=utf-8",
    "jobthreads.js": "text/javascript; charset=utf-8",
}
"""The files under `static/`, and their types."""

_speaking: ContextVar[Language] = ContextVar("jobthreads_language", default=ENGLISH)
"""The language of the page that is being rendered, since a macro sees nothing of what its page was given."""


def _gettext(message: str, /, **facts: Any) -> Markup:
    return _speaking.get().html(message, facts)


def _ngettext(singular: str, plural: str, num: int, /, **facts: Any) -> Markup:
    return _speaking.get().html(singular, {"num": num, **facts}, plural=plural)


def _pgettext(context: str, message: str, /, **facts: Any) -> Markup:
    return _speaking.get().html(message, facts, context=context)


def _npgettext(context: str, singular: str, plural: str, num: int, /, **facts: Any) -> Markup:
    return _speaking.get().html(singular, {"num": num, **facts}, plural=plural, context=context)


class Rendering:
    """Renders our templates, or the host's in their place.

    Args:
        templates: a folder of the host's, whose templates win over ours of the same path.
    """

    def __init__(self, templates: str | Path | None = None) -> None:
        ours = FileSystemLoader(_HERE / "templates")
        theirs = [FileSystemLoader(templates)] if templates is not None else []
        self._environment = Environment(
            loader=ChoiceLoader([*theirs, ours, PrefixLoader({"jobthreads": ours})]),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            extensions=["jinja2.ext.i18n"],
        )
        # Jinja's own wrapping of these functions would take a translation for markup.
        self._environment.extend(newstyle_gettext=True)
        self._environment.globals.update(
            _=_gettext, gettext=_gettext, ngettext=_ngettext, pgettext=_pgettext, npgettext=_npgettext
        )
        self._environment.filters["linked"] = linked

    def render(self, template: str, context: Mapping[str, Any], language: Language = ENGLISH) -> Markup:
        """Render one template as HTML that needs no more escaping."""
        token = _speaking.set(language)
        try:
            text = self._environment.get_template(template).render({"language": language, **context})
        finally:
            _speaking.reset(token)
        return Markup(text)  # noqa: S704 - it escaped by itself

    @cached_property
    def version(self) -> str:
        """A word that changes with any template: part of every ETag."""
        digest = hashlib.sha256()
        loader = self._environment.loader
        for name in sorted(self._environment.list_templates()):
            if loader is not None and name.endswith(".html"):
                digest.update(loader.get_source(self._environment, name)[0].encode())
        return digest.hexdigest()[:16]

    @cached_property
    def assets(self) -> Mapping[str, bytes]:
        """The style sheet and the script."""
        return {name: (_HERE / "static" / name).read_bytes() for name in ASSETS}

    def asset_tags(self, mount: str, language: Language = ENGLISH) -> Markup:
        """The link and script elements for a page's head, with addresses that change when the files do.

        In another language than English, the script's element carries the words that the script says.
        """

        def address(name: str) -> str:
            return f"{mount}/static/{name}?v={hashlib.sha256(self.assets[name]).hexdigest()[:12]}"

        words = {word: said for word in SCRIPT_WORDS if (said := str(language.gettext(word))) != word}
        return Markup('<link rel="stylesheet" href="{}">\n<script type="module" src="{}"{}></script>').format(
            address("jobthreads.css"),
            address("jobthreads.js"),
            Markup(' data-jt-words="{}"').format(json.dumps(words, ensure_ascii=False)) if words else "",
        )
