"""Previews: a small JPEG of an image; needs the optional extra `images`."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryFile

from jobthreads.adapters.drawing import HEIF
from jobthreads.errors import TemporaryFailure
from jobthreads.ports import Readable

__all__ = ["make_preview"]

_PIECE = 1024 * 1024
_MOST_SECONDS = 60
# The one decoder that may see a file of this proven type; all others stay shut.
_DECODERS = {
    "image/jpeg": "JPEG",
    "image/png": "PNG",
    "image/gif": "GIF",
    "image/webp": "WEBP",
    "image/bmp": "BMP",
    "image/tiff": "TIFF",
    "image/avif": "AVIF",
    "image/heic": HEIF,
    "image/heif": HEIF,
}
_DRAWING = Path(__file__).with_name("drawing.py")
# What a process needs to start; passwords of the host's environment are no business of a decoder's.
_ENVIRONMENT = {"PATH", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "SYSTEMROOT", "TMPDIR", "TEMP", "LANG", "LC_ALL"}

_log = logging.getLogger("jobthreads")


def make_preview(file: Readable, type_: str) -> bytes | None:
    """Make a JPEG of at most 480 pixels a side, or None where there is none to be made.

    Turned the way the camera says, on white, and without anything but the pixels: no EXIF, place, comment or profile.
    None for a type that is no image, for more than 60 megapixels (which are never decoded), for a file that its
    decoder cannot read, and without the extra `images`. The file is read from where it stands; what it raises
    comes through. `TemporaryFailure` if no process can be started.

    It is drawn by a process of its own, which a hostile image may kill: of at most 1.5 GiB and 30 seconds of a
    processor; 4 to 9 bytes of memory a pixel, WebP 16. So it belongs into a worker.

    Args:
        file: the original.
        type_: its proven content type; it alone decides which decoder may see the file.
    """
    decoder = _DECODERS.get(type_)
    if decoder is None:
        return None
    with TemporaryFile() as original, TemporaryFile() as preview:
        while piece := file.read(_PIECE):
            original.write(piece)
        original.seek(0)
        # -P: beside the script lie packages that have the names of others.
        command = [sys.executable, "-P", str(_DRAWING), decoder]
        surroundings = {name: value for name, value in os.environ.items() if name in _ENVIRONMENT}
        surroundings["PYTHONPATH"] = os.pathsep.join(path for path in sys.path if path)
        try:
            drawn = subprocess.run(  # noqa: S603 - our own script, and a decoder's name out of the table above
                command,
                stdin=original,
                stdout=preview,
                stderr=subprocess.PIPE,
                env=surroundings,
                timeout=_MOST_SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired:
            _log.info("No preview of an image of type %s: it took too long", type_)
            return None
        except OSError as trouble:
            raise TemporaryFailure(f"No preview can be drawn now: {type(trouble).__name__}.") from trouble
        if drawn.returncode != 0:
            said = drawn.stderr.decode("utf-8", "replace").split()[-1:] or [f"ended with {drawn.returncode}"]
            _log.info("No preview of an image of type %s: %.100s", type_, said[0])
            return None
        preview.seek(0)
        return preview.read() or None
