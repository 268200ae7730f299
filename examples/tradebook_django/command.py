"""Serve Tradebook over the data folder."""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import django
from django.core.management import call_command
from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler

from tradebook.command import read_arguments
from tradebook.secret import kept_secret

HERE = Path(__file__).resolve().parent


def main(arguments: Sequence[str] | None = None) -> None:
    """Serve Tradebook until Ctrl-C; the first start fills the data folder."""
    asked = read_arguments(arguments, program="tradebook_django", home=HERE, port=8000)
    # Listening comes first, so that port 0 is a real number before a link to it is ever written into an e-mail.
    server = ThreadedWSGIServer((asked.host, asked.port), WSGIRequestHandler, ipv6=":" in asked.host)
    address = asked.address(server.server_port)
    os.environ["TRADEBOOK_DATA"], os.environ["TRADEBOOK_URL"] = str(asked.data.resolve()), address
    os.environ["TRADEBOOK_SECRET"] = kept_secret(asked.data / "secret")
    os.environ["DJANGO_SETTINGS_MODULE"] = "tradebook_django.settings"
    django.setup()
    call_command("migrate", verbosity=0)

    from django.contrib.staticfiles.handlers import StaticFilesHandler
    from django.core.wsgi import get_wsgi_application

    from jobthreads.django import threads
    from tradebook_django import seed

    seed.fill(small=asked.small)
    server.set_app(StaticFilesHandler(get_wsgi_application()))
    asked.tell(address)
    try:
        with suppress(KeyboardInterrupt):
            server.serve_forever()
    finally:
        threads.close()
