"""The command line: where to keep the data, and where to listen."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from flask import Flask
from werkzeug.serving import make_server

from tradebook_flask.app import create_app

HERE = Path(__file__).resolve().parent


def main(arguments: Sequence[str] | None = None) -> None:
    """Serve Tradebook until Ctrl-C; the first start fills the data folder."""
    asked = _parser().parse_args(arguments)
    # Listening comes first, so that port 0 is a real number before a link to it is ever written into an e-mail.
    server = make_server(asked.host, asked.port, Flask("starting"), threaded=True)
    reachable = "127.0.0.1" if asked.host in {"0.0.0.0", "::"} else asked.host  # noqa: S104 - compared, not bound
    address = asked.url or f"http://{reachable}:{server.port}"
    app = create_app(asked.data, address=address, small=asked.small)
    server.app = app
    sys.stdout.write(f"Tradebook is at {address}  (data in {asked.data}; Ctrl-C stops it)\n")
    sys.stdout.flush()
    try:
        server.serve_forever()
    finally:
        app.extensions["tradebook"].threads.close()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="tradebook_flask", description="A small trades business with jobthreads.")
    parser.add_argument("--host", default="127.0.0.1", help="the address to listen on (default: %(default)s)")
    parser.add_argument("--port", type=int, default=5000, help="0 takes any free one (default: %(default)s)")
    parser.add_argument("--data", type=Path, default=HERE / "var", help="the folder of database, files and mail")
    parser.add_argument("--url", help="the address people use, for the links in e-mails")
    parser.add_argument(
        "--small", action="store_true", help="begin with a few jobs and no messages, instead of a busy business"
    )
    return parser
