"""Draws a preview in a process of its own: a decoder that a hostile image kills, fills or keeps busy is only that.

Run by its path, `drawing.py JPEG < original > preview`. It imports nothing of the library, and so starts quickly.
"""

from __future__ import annotations

import sys
from io import BytesIO
from typing import IO, Any

__all__ = ["HEIF", "draw"]

HEIF = "HEIF"
_LONGEST_SIDE = 480
_MOST_PIXELS = 60_000_000
# Each scan of a progressive JPEG goes over the whole picture again: real ones have about ten.
_MOST_SCANS = 100
_PIECE = 1024 * 1024
_QUALITY = 80
_ORIENTATION = 0x0112
# WebP takes most: 16 bytes a pixel. Of addresses, so that libraries and the stacks of threads count too.
_MOST_MEMORY = 1536 * 1024 * 1024
_MOST_SECONDS = 30
_MOST_OUTPUT = 1024 * 1024


def draw(file: IO[bytes], decoder: str) -> bytes | None:
    """Make the JPEG in this very process, with this one decoder; None if the picture is beyond what is decoded."""
    from PIL import Image

    if decoder == "JPEG" and _scans(file) > _MOST_SCANS:
        return None
    image = _heif(file) if decoder == HEIF else Image.open(file, formats=[decoder])
    if image is None:
        return None
    with image:
        if image.width * image.height > _MOST_PIXELS:
            return None
        pixels = _on_white(_shrunk(image))
        # Asked afterwards: some decoders turn the picture themselves, and then say that it is upright.
        turn = _turn(image, decoder)
    if turn is not None:
        pixels = pixels.transpose(turn)
    made = BytesIO()
    pixels.save(made, "JPEG", quality=_QUALITY, optimize=True)
    return made.getvalue()


def _scans(file: IO[bytes]) -> int:
    """How many scans a JPEG has: its compressed data never holds their mark by chance."""
    scans, last = 0, b""
    while piece := file.read(_PIECE):
        scans += (last + piece).count(b"\xff\xda")
        # A mark may lie across two pieces, and one that ends a piece is counted with it.
        last = piece[-1:] if piece.endswith(b"\xff") else b""
    file.seek(0)
    return scans


# Pillow and pi-heif may be absent where types are checked: hence Any for their images.
def _heif(file: IO[bytes]) -> Any:
    """Open with pi-heif directly: registering it with Pillow would open its decoder to everybody's files."""
    import pi_heif

    opened = pi_heif.open_heif(file, convert_hdr_to_8bit=True)
    width, height = opened.size
    return opened.to_pillow() if width * height <= _MOST_PIXELS else None


def _turn(image: Any, decoder: str) -> Any:
    """How to turn the image, None if it is upright; HEIF's own rotation is applied by its decoder."""
    from PIL import Image

    turns = Image.Transpose
    if decoder == HEIF:
        return None
    try:
        orientation = image.getexif().get(_ORIENTATION)
    except Exception:  # noqa: BLE001 - broken EXIF is no reason for no preview
        return None
    return {
        2: turns.FLIP_LEFT_RIGHT,
        3: turns.ROTATE_180,
        4: turns.FLIP_TOP_BOTTOM,
        5: turns.TRANSPOSE,
        6: turns.ROTATE_270,
        7: turns.TRANSVERSE,
        8: turns.ROTATE_90,
    }.get(orientation)


def _shrunk(image: Any) -> Any:
    """Make it small before its colours are converted, which would take four times the memory for some."""
    from PIL import Image

    if image.mode in {"P", "PA", "1"}:
        # Colours out of a table cannot be mixed: first take every so-manieth pixel, then mix.
        image.thumbnail((4 * _LONGEST_SIDE, 4 * _LONGEST_SIDE), Image.Resampling.NEAREST)
        image = image.convert("RGBA")
    elif image.mode.startswith("I;16"):
        image.thumbnail((4 * _LONGEST_SIDE, 4 * _LONGEST_SIDE), Image.Resampling.NEAREST)
        image = image.convert("I")
    # For JPEG this decodes at an eighth, a quarter or half of the size; the other formats are averaged first.
    image.thumbnail((_LONGEST_SIDE, _LONGEST_SIDE), reducing_gap=2.0)
    return image


def _on_white(image: Any) -> Any:
    """Only the pixels, in a new image that has never known anything else."""
    from PIL import Image

    if image.mode == "I":
        image = image.point(lambda value: value * (1 / 256)).convert("L")
    pixels = Image.new("RGB", image.size, "white")
    if image.mode in {"RGBA", "LA", "RGBa", "La", "PA"} or "transparency" in image.info:
        image = image.convert("RGBA")
        pixels.paste(image, mask=image.getchannel("A"))
    else:
        pixels.paste(image.convert("RGB"))
    return pixels


def main() -> None:  # pragma: no cover - runs in a process of its own
    """Draw what stands in the standard input; a failure's name alone goes to the standard error."""
    try:
        _limit()
        sys.stdout.buffer.write(draw(sys.stdin.buffer, sys.argv[1]) or b"")
        sys.stdout.flush()
    except Exception as trouble:  # noqa: BLE001 - a hostile image may raise whatever its decoder can
        sys.exit(type(trouble).__name__)


def _limit() -> None:  # pragma: no cover - would limit the tests themselves
    try:
        import resource
    except ImportError:  # not on Windows
        return
    for what, most in (
        (resource.RLIMIT_AS, _MOST_MEMORY),
        (resource.RLIMIT_CPU, _MOST_SECONDS),
        (resource.RLIMIT_FSIZE, _MOST_OUTPUT),
        (resource.RLIMIT_CORE, 0),
    ):
        _, highest = resource.getrlimit(what)
        if highest != resource.RLIM_INFINITY:
            most = min(most, highest)
        resource.setrlimit(what, (most, most))


if __name__ == "__main__":  # pragma: no cover - as above
    main()
