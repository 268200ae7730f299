"""The two blueprints. They only translate: who may do what is decided behind the doors."""

from __future__ import annotations

from collections.abc import Callable
from datetime import tzinfo
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

import flask
from flask.sansio.blueprints import BlueprintSetupState
from markupsafe import Markup

from jobthreads.app import JobThreads
from jobthreads.converter import make_converter
from jobthreads.domain.people import Client, Staff
from jobthreads.domain.records import Scope
from jobthreads.flask.host import EXTENSION, HostPage, Mounted, Wiring, mount_of
from jobthreads.flask.translate import limit_body, request_from, response_to
from jobthreads.web.language import ENGLISH, Language
from jobthreads.web.rendering import Rendering
from jobthreads.web.site import Shell, Site
from jobthreads.web.sites import PortalSite, StaffSite
from jobthreads.web.visit import Surroundings

__all__ = ["portal_blueprint", "staff_blueprint"]

_METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]


def staff_blueprint(
    threads: JobThreads,
    *,
    staff: Callable[[flask.Request], Staff | None],
    shell: str | None = None,
    record_url: Callable[[Scope], str | None] | None = None,
    url_name: str = "jobthreads_staff",
    templates: str | Path | None = None,
    time_zone: str | tzinfo = "UTC",
    language: Callable[[flask.Request], Language] | None = None,
) -> flask.Blueprint:
    """Make the staff's pages and API: Messages, activity feeds, the bell.

    Args:
        threads: the doors.
        staff: takes Flask's request and gives who is signed in, or None: then pages answer 303 to
            `Settings.sign_in_url`, and the API 401.
        shell: the host's template around our pages. It receives `jobthreads_title` and `jobthreads_content`, and
            puts `{{ jobthreads.assets }}` into its head. Without it, pages stand in our plain shell.
        record_url: the host's own address of a job or quote, for a link beside the conversation.
        url_name: the blueprint's name.
        templates: a folder whose templates win over ours of the same path.
        time_zone: in which days and times are shown.
        language: takes Flask's request and gives the language of the answer; English if nothing is given.
    """
    here = _surroundings(threads, record_url, templates, time_zone, language)
    return _blueprint(url_name, StaffSite(here, person=staff, shell=_shell(shell)))


def portal_blueprint(
    threads: JobThreads,
    *,
    client: Callable[[flask.Request], Client | None],
    shell: str | None = None,
    url_name: str = "jobthreads_portal",
    templates: str | Path | None = None,
    time_zone: str | tzinfo = "UTC",
    language: Callable[[flask.Request], Language] | None = None,
) -> flask.Blueprint:
    """Make the client's pages and API: their jobs and quotes, each conversation, and the way in by a mailed link.

    Args:
        threads: the doors.
        client: takes Flask's request and gives the client whom the host knows, or None: then the cookie that a
            mailed link set is asked.
        shell: the host's template around our pages; the pages behind a mailed link stand in our own all the same,
            since their address is a secret that no other script may read.
        url_name: the blueprint's name.
        templates: a folder whose templates win over ours of the same path.
        time_zone: in which days and times are shown.
        language: takes Flask's request and gives the language of the answer; English if nothing is given.
    """
    here = _surroundings(threads, None, templates, time_zone, language)
    return _blueprint(url_name, PortalSite(here, person=client, shell=_shell(shell)))


def _surroundings(
    threads: JobThreads,
    record_url: Callable[[Scope], str | None] | None,
    templates: str | Path | None,
    time_zone: str | tzinfo,
    language: Callable[[flask.Request], Language] | None,
) -> Surroundings:
    zone = ZoneInfo(time_zone) if isinstance(time_zone, str) else time_zone
    return Surroundings(
        threads=threads,
        rendering=_rendering(templates),
        converter=make_converter(),
        record_url=record_url or (lambda _: None),
        zone=lambda _: zone,
        language=language or (lambda _: ENGLISH),
    )


@cache
def _rendering(templates: str | Path | None) -> Rendering:
    return Rendering(templates)


def _shell(template: str | None) -> Shell | None:
    if template is None:
        return None

    def around(_: flask.Request, title: str, content: Markup) -> str:
        return flask.render_template(template, jobthreads_title=title, jobthreads_content=content)

    return around


def _blueprint(name: str, site: Site) -> flask.Blueprint:
    blueprint = flask.Blueprint(name, __name__)
    for path in site.paths:
        blueprint.add_url_rule(
            f"/{path}",
            endpoint=site.name_of(path),
            view_func=_view(site, path),
            methods=_METHODS,
            provide_automatic_options=False,
        )
    blueprint.before_app_request(lambda: _awake(site.here.threads))

    def wire(state: BlueprintSetupState) -> None:
        app = state.app
        if EXTENSION not in app.extensions:
            wiring = Wiring()
            app.extensions[EXTENSION] = wiring
            app.context_processor(lambda: {"jobthreads": HostPage(wiring)})
        endpoint = f"{state.name_prefix}.{state.name}".lstrip(".")
        app.extensions[EXTENSION].add(Mounted(site=site, name=endpoint))

    blueprint.record(wire)
    return blueprint


def _view(site: Site, path: str) -> Callable[..., flask.Response]:
    names = {part[1:-1] for part in path.split("/") if part.startswith("<")}

    def view(**values: str) -> flask.Response:
        native = flask.request
        most_bytes = limit_body(native)
        args = {name: value for name, value in values.items() if name in names}
        mounted = Mounted(site=site, name=native.blueprint or "")
        request = request_from(native, mount_of(mounted), most_bytes)
        return response_to(site.answer(path, args, request))

    return view


def _awake(threads: JobThreads) -> None:
    app = flask.current_app._get_current_object()  # type: ignore[attr-defined]  # typed as the app, but a proxy
    threads.awake(app.app_context)
