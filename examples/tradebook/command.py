"""The command line: where to keep the data, and where to listen."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from attrs import frozen


@frozen
class Asked:
    """What the command line asked for."""

    host: str
    port: int
    data: Path
    url: str | None
    small: bool

    def address(self, port: int) -> str:
        """Where people reach it, when it listens on this port."""
        reachable = "127.0.0.1" if self.host in {"0.0.0.0", "::"} else self.host  # noqa: S104 - compared, not bound
        return self.url or f"http://{reachable}:{port}"

    def tell(self, address: str) -> None:
        """Say that it is there."""
        sys.stdout.write(f"Tradebook is at {address}  (data in {self.data}; Ctrl-C stops it)\n")
        sys.stdout.flush()


def read_arguments(arguments: Sequence[str] | None, *, program: str, home: Path, port: int) -> Asked:
    """Read the command line of one of the reference apps."""
    parser = argparse.ArgumentParser(prog=program, description="A small trades business with jobthreads.")
    parser.add_argument("--host", default="127.0.0.1", help="the address to listen on (default: %(default)s)")
    parser.add_argument("--port", type=int, default=port, help="0 takes any free one (default: %(default)s)")
    parser.add_argument("--data", type=Path, default=home / "var", help="the folder of database, files and mail")
    parser.add_argument("--url", help="the address people use, for the links in e-mails")
    parser.add_argument(
        "--small", action="store_true", help="begin with a few jobs and no messages, instead of a busy business"
    )
    return Asked(**vars(parser.parse_args(arguments)))
