"""Previews of images made by real libraries, upright and hostile."""

from __future__ import annotations

import struct
import sys
import zlib
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image, PngImagePlugin

from jobthreads.adapters.drawing import draw
from jobthreads.adapters.previews import make_preview
from jobthreads.errors import TemporaryFailure, Unavailable

TYPES = {
    "JPEG": "image/jpeg",
    "PNG": "image/png",
    "GIF": "image/gif",
    "WEBP": "image/webp",
    "BMP": "image/bmp",
    "TIFF": "image/tiff",
    "AVIF": "image/avif",
}
# `picture()` with a camera's name, a place and "turn me" in its EXIF, through libheif's heif-enc: no library that we
# may use writes HEIC.
PHOTO = Path(__file__).with_name("photo.heic").read_bytes()


def picture(mode: str = "RGB", *, size: tuple[int, int] = (96, 64)) -> Image.Image:
    """Green above; below it red on the left and blue on the right."""
    made = Image.new("RGB", size, (0, 200, 0))
    made.paste((220, 0, 0), (0, size[1] // 4, size[0] // 2, size[1]))
    made.paste((0, 0, 220), (size[0] // 2, size[1] // 4, size[0], size[1]))
    return made.convert(mode)


def saved(image: Image.Image, format_: str, **options: Any) -> bytes:
    made = BytesIO()
    image.save(made, format_, **options)
    return made.getvalue()


def preview(content: bytes, type_: str) -> Image.Image | None:
    """The preview, drawn in this process and opened; None too where the process would fail."""
    decoder = "HEIF" if type_ == "image/heic" else next(name for name, known in TYPES.items() if known == type_)
    try:
        made = draw(BytesIO(content), decoder)
    except Exception:  # noqa: BLE001 - a decoder may raise whatever it can; the process would end
        return None
    return opened(made) if made else None


def opened(made: bytes) -> Image.Image:
    """A preview, opened; always a JPEG within its bounds that holds nothing but pixels."""
    image = Image.open(BytesIO(made), formats=["JPEG"])
    image.load()
    assert "RGB" == image.mode
    assert max(image.size) <= 480
    assert {} == dict(image.getexif())
    assert {"jfif", "jfif_version", "jfif_unit", "jfif_density"} >= image.info.keys()
    return image


def colours(image: Image.Image | None) -> list[str]:
    """What stands in the middle of the top, left below, right below, to the nearest plain colour."""
    assert image is not None
    width, height = image.size
    names = []
    for place in ((width // 2, height // 10), (width // 6, height * 5 // 6), (width * 5 // 6, height * 5 // 6)):
        red, green, blue = (value > 110 for value in image.getpixel(place)[:3])
        names.append(
            {(1, 0, 0): "red", (0, 1, 0): "green", (0, 0, 1): "blue", (1, 1, 1): "white"}.get((red, green, blue), "?")
        )
    return names


@pytest.mark.parametrize("format_", TYPES)
@pytest.mark.parametrize("size", [(96, 64), (2000, 1000)], ids=["small", "large"])
def test_every_kind_of_image_has_a_preview(format_: str, size: tuple[int, int]) -> None:
    """J7: a small picture of the same form and colours; one that is small already keeps its size."""
    image = preview(saved(picture(size=size), format_), TYPES[format_])
    assert ["green", "red", "blue"] == colours(image)
    assert image is not None
    assert (size if size[0] < 480 else (480, 240)) == image.size


@pytest.mark.parametrize("type_", [*TYPES.values(), "image/heic", "image/heif"])
def test_it_is_drawn_by_a_process_of_its_own(type_: str) -> None:
    """J7: through the front door; HEIC, which no browser shows, becomes a JPEG too."""
    made = make_preview(BytesIO(samples().get(type_, PHOTO)), type_)
    assert made is not None
    assert "green" in colours(opened(made))


def test_heic_stands_as_its_file_says() -> None:
    """J7: HEIC has a rotation of its own; what its EXIF says besides is not to be followed. Name and place are gone."""
    assert b"Secret Camera" in PHOTO
    made = make_preview(BytesIO(PHOTO), "image/heic")
    assert made is not None
    assert ["green", "red", "blue"] == colours(opened(made))
    assert b"Secret Camera" not in made


def test_a_decoder_that_dies_takes_nobody_with_it() -> None:
    """J7: one byte of a HEIC file makes its decoder break; there is no preview, and the worker lives."""
    killing = bytearray(PHOTO)
    killing[192] = 132
    assert make_preview(BytesIO(bytes(killing)), "image/heic") is None


def test_a_decoder_knows_no_secret_of_the_host(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """J7: the process that sees a hostile image does not get the host's environment."""
    spy = tmp_path / "PIL"
    spy.mkdir()
    told = tmp_path / "told"
    (spy / "__init__.py").write_text(
        f"import os, pathlib; pathlib.Path({str(told)!r}).write_text(repr(sorted(os.environ)))"
    )
    monkeypatch.setenv("DATABASE_PASSWORD", "secret")
    monkeypatch.syspath_prepend(tmp_path)
    assert make_preview(BytesIO(samples()["image/png"]), "image/png") is None
    assert "PYTHONPATH" in told.read_text()
    assert "DATABASE_PASSWORD" not in told.read_text()


def test_a_decoder_may_not_take_all_memory_or_write_for_ever(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """J7: memory, output and time of the process are bounded by the system, whatever the decoder does."""
    spy = tmp_path / "PIL"
    spy.mkdir()
    monkeypatch.syspath_prepend(tmp_path)
    for harm in ("bytearray(4_000_000_000)", "import os\nwhile True: os.write(1, bytes(1_000_000))"):
        (spy / "__init__.py").write_text(harm)
        assert make_preview(BytesIO(samples()["image/png"]), "image/png") is None
    monkeypatch.setattr("jobthreads.adapters.previews._MOST_SECONDS", 1)
    (spy / "__init__.py").write_text("import time; time.sleep(30)")
    assert make_preview(BytesIO(samples()["image/png"]), "image/png") is None


def test_where_no_process_can_be_started_it_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """J7: that is not the image's fault."""
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    with pytest.raises(TemporaryFailure):
        make_preview(BytesIO(samples()["image/png"]), "image/png")


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "CMYK", "YCbCr", "I;16", "I", "F"])
def test_every_kind_of_colour(mode: str) -> None:
    """J7: tables, greys, 16 bits and print colours become plain ones."""
    format_ = {"CMYK": "JPEG", "YCbCr": "JPEG", "F": "TIFF", "I": "TIFF"}.get(mode, "PNG")
    if mode == "I;16":
        image = Image.new("I;16", (60, 40), 65535)
    else:
        image = picture(mode if mode != "I" else "L").convert(mode)
    if mode == "I":
        image = image.point(lambda value: value * 256)
    shown = preview(saved(image, format_), TYPES[format_])
    assert shown is not None
    if mode == "I;16":
        assert (255, 255, 255) == shown.getpixel((30, 20))
    if mode in {"P", "RGBA", "CMYK", "YCbCr"}:
        assert ["green", "red", "blue"] == colours(shown)


def test_what_is_transparent_is_white() -> None:
    """J7: a logo without a ground stands on white, not on black, in every way of writing that."""
    image = Image.new("RGBA", (60, 60), (0, 0, 0, 0))
    image.paste((0, 0, 220, 255), (0, 30, 60, 60))
    marked = saved(Image.new("RGB", (60, 60), (0, 0, 0)), "PNG", transparency=(0, 0, 0))
    assert "white" == colours(preview(marked, "image/png"))[0]
    for format_ in ("PNG", "WEBP", "GIF"):
        shown = preview(saved(image, format_), TYPES[format_])
        assert ["white", "blue", "blue"] == colours(shown)


@pytest.mark.parametrize("orientation", range(10))
@pytest.mark.parametrize("format_", ["JPEG", "PNG", "WEBP", "TIFF"])
def test_it_is_turned_as_the_camera_says(format_: str, orientation: int) -> None:
    """J7: all eight orientations stand upright; any other number is as good as none."""
    lying = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }
    image = picture(size=(900, 600))
    if orientation in lying:
        image = image.transpose(lying[orientation])
    exif = Image.Exif()
    exif[0x0112] = orientation
    shown = preview(saved(image, format_, exif=exif), TYPES[format_])
    assert ["green", "red", "blue"] == colours(shown)
    assert shown is not None
    assert (480, 320) == shown.size


def test_nothing_but_pixels_is_kept() -> None:
    """J7: place, camera, comment, profile and text of the original are not in the preview."""
    exif = Image.Exif()
    exif[0x010F] = "Secret Camera"
    exif.get_ifd(0x8825)[1] = "N"
    exif.get_ifd(0x8825)[2] = (51.0, 28.0, 38.0)
    text = PngImagePlugin.PngInfo()
    text.add_text("Secret", "Secret text")
    originals = {
        "JPEG": saved(picture(), "JPEG", exif=exif, comment=b"Secret comment", icc_profile=b"Secret profile"),
        "PNG": saved(picture(), "PNG", exif=exif, pnginfo=text),
        "WEBP": saved(picture(), "WEBP", exif=exif, xmp=b"Secret xmp"),
    }
    for format_, original in originals.items():
        assert b"Secret" in original
        made = draw(BytesIO(original), format_)
        assert made is not None
        assert b"Secret" not in made
        assert b"Exif" not in made
        opened(made)


@pytest.mark.filterwarnings("ignore")
def test_broken_exif_is_no_reason_for_no_preview() -> None:
    """J7: a picture whose EXIF is damaged is shown as it lies."""
    content = saved(picture(), "JPEG", exif=b"Exif\0\0II*\0\xff\xff\xff\xff\xff\xff\xff")
    assert ["green", "red", "blue"] == colours(preview(content, "image/jpeg"))


def test_sixty_megapixels_are_the_most() -> None:
    """J7: 60 megapixels are shown; one row more is never decoded, whatever the file's own size."""
    assert preview(saved(Image.new("1", (7500, 8000)), "PNG"), "image/png") is not None
    assert preview(saved(Image.new("1", (7500, 8001)), "PNG"), "image/png") is None


@pytest.mark.parametrize("side", [7_746, 10_000, 20_000, 65_500, 2**31 - 1])
def test_a_bomb_is_not_unpacked(side: int) -> None:
    """J7: a header that claims a huge picture is all that is read of it."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, 8, 6, 0, 0, 0))
    bomb = b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(bytes(10_000_000))) + chunk(b"IEND", b"")
    assert preview(bomb, "image/png") is None
    huge = bytearray(saved(picture(), "JPEG"))
    at = huge.index(b"\xff\xc0")
    huge[at + 5 : at + 9] = struct.pack(">HH", min(side, 65_500), min(side, 65_500))
    assert preview(bytes(huge), "image/jpeg") is None


def test_a_photo_of_a_thousand_scans_is_not_followed() -> None:
    """J7: a progressive JPEG that goes over the same picture again and again is not decoded."""
    content = saved(picture(size=(640, 480)), "JPEG", progressive=True)
    assert preview(content, "image/jpeg") is not None
    last = content.rindex(b"\xff\xda")
    again = content[last:-2]
    assert preview(content[:-2] + again * 200 + content[-2:], "image/jpeg") is None


def test_only_the_proven_type_decides() -> None:
    """J7: no other decoder sees the file, whatever it holds, and what is no image has no preview."""
    others = {
        "EPS": b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 10 10\n%%EndComments\n",
        "SVG": b"<svg xmlns='http://www.w3.org/2000/svg' width='10' height='10'/>",
        "PPM": b"P6\n2 2\n255\n" + bytes(12),
        "TGA": saved(picture(), "TGA"),
        "ICO": saved(picture(), "ICO"),
        "PDF": saved(picture(), "PDF"),
        "empty": b"",
    }
    images = {format_: saved(picture(), format_) for format_ in TYPES} | {"HEIF": PHOTO}
    for type_ in [*TYPES.values(), "image/heic"]:
        for format_, content in (others | images).items():
            shown = preview(content, type_)
            assert (TYPES.get(format_, "image/heic") == type_ and format_ in images) == (shown is not None), format_
    for type_ in ("application/pdf", "text/plain", "image/svg+xml", "", "IMAGE/PNG", "image/x-icon"):
        for content in images.values():
            assert make_preview(BytesIO(content), type_) is None


@pytest.mark.parametrize("format_", [*TYPES, "HEIF"])
def test_half_a_file_has_no_preview(format_: str) -> None:
    """J7: a damaged image is stored, and has a sign for a picture."""
    content = PHOTO if format_ == "HEIF" else saved(Image.effect_noise((300, 300), 90).convert("RGB"), format_)
    assert preview(content[: len(content) // 2], TYPES.get(format_, "image/heic")) is None


@cache
def samples() -> dict[str, bytes]:
    exif = Image.Exif()
    exif[0x0112] = 6
    return {
        type_: saved(picture(), format_, exif=exif) for format_, type_ in TYPES.items() if format_ not in {"GIF", "BMP"}
    } | {
        "image/gif": saved(picture(), "GIF"),
        "image/bmp": saved(picture(), "BMP"),
        "image/heic": PHOTO,
    }


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(type_=st.sampled_from([*TYPES.values(), "image/heic"]), data=st.data())
def test_hostile_bytes_never_raise(type_: str, data: st.DataObject) -> None:
    """J7: whatever stands in the file, there is a preview or there is none."""
    content = bytearray(samples()[type_])
    changes = st.lists(st.tuples(st.integers(0, len(content) - 1), st.integers(0, 255)), min_size=1, max_size=8)
    for place, value in data.draw(changes):
        content[place] = value
    made = make_preview(BytesIO(bytes(content)), type_)
    assert made is None or opened(made)


def test_it_reads_a_stream_from_where_it_stands() -> None:
    """J7: the file need not be able to go back: a blob's stream will do."""

    class Stream:
        def __init__(self, content: bytes) -> None:
            self._rest = content

        def read(self, size: int, /) -> bytes:
            piece, self._rest = self._rest[: min(size, 1000)], self._rest[min(size, 1000) :]
            return piece

    assert make_preview(Stream(saved(picture(), "PNG")), "image/png") is not None


def test_what_the_file_raises_comes_through() -> None:
    """S4: a blob that cannot be read is no image without a preview: it is tried again."""

    class Broken:
        def read(self, size: int, /) -> bytes:
            raise Unavailable

    with pytest.raises(Unavailable):
        make_preview(Broken(), "image/png")


@pytest.mark.parametrize(("absent", "type_"), [("PIL", "image/png"), ("PIL", "image/heic"), ("pi_heif", "image/heic")])
def test_without_the_extra_there_is_none(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, absent: str, type_: str
) -> None:
    """J7: without the extra `images` there is a sign for a picture, and no error."""
    (tmp_path / f"{absent}.py").write_text("raise ImportError")
    monkeypatch.syspath_prepend(tmp_path)
    assert make_preview(BytesIO(PHOTO if type_ == "image/heic" else samples()[type_]), type_) is None
