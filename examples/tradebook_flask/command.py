"""Serve Tradebook over the data folder."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from flask import Flask
from werkzeug.serving import make_server

from tradebook.command import read_arguments
from tradebook_flask.app import create_app

HERE = Path(__file__).resolve().parent


def main(arguments: Sequence[str] | None = None) -> None:
    """Serve Tradebook until Ctrl-C; the first start fills the data folder."""
    asked = read_arguments(arguments, program="tradebook_flask", home=HERE, port=5000)
    # Listening comes first, so that port 0 is a real number before a link to it is ever written into an e-mail.
    server = make_server(asked.host, asked.port, Flask("starting"), threaded=True)
    address = asked.address(server.port)
    app = create_app(asked.data, address=address, small=asked.small)
    server.app = app
    asked.tell(address)
    try:
        server.serve_forever()
    finally:
        app.extensions["tradebook"].threads.close()
