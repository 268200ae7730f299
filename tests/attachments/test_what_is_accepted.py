"""J5: what may be attached, and what the host may change."""

from __future__ import annotations

import io
from contextlib import suppress
from tempfile import SpooledTemporaryFile

import pytest
from PIL import Image

from jobthreads.errors import AttachmentEmpty, AttachmentTooLarge, AttachmentTypeNotAllowed
from jobthreads.policies.attachments import AttachmentPolicy, FileType, Proven
from tests.attachments.judging import DEFAULT, verdict
from tests.attachments.samples import docx, every_type, heic, pdf, picture

LIMIT = 26_214_400


@pytest.mark.parametrize("kind", FileType)
def test_every_allowed_type_is_proven_by_its_content(kind: FileType) -> None:
    """J5: each allowed type is accepted under whatever name it comes, and takes its own ending."""
    content = every_type()[kind]
    found = DEFAULT.judge(io.BytesIO(content), name="Plan ü.exe")
    assert Proven(type=kind, name=f"Plan ü.exe{kind.extensions[0]}", size=len(content)) == found


@pytest.mark.parametrize(
    ("form", "modes"),
    [
        ("JPEG", ["L", "RGB", "CMYK"]),
        ("GIF", ["1", "L", "P", "RGB"]),
        ("WEBP", ["RGB", "RGBA"]),
        ("BMP", ["1", "L", "P", "RGB", "RGBA"]),
        ("TIFF", ["1", "L", "P", "RGB", "RGBA", "CMYK", "I;16"]),
        ("PNG", ["1", "L", "P", "RGB", "RGBA", "I;16"]),
    ],
)
def test_pictures_of_all_colours_are_accepted(form: str, modes: list[str]) -> None:
    """J5: one bit, grey, palette, transparent and print colours are pictures too."""
    for mode in modes:
        held = io.BytesIO()
        Image.new(mode, (7, 5)).save(held, form)
        assert form.lower() == verdict(held.getvalue())


def test_pictures_of_other_makes_are_accepted() -> None:
    """J5: progressive JPEG, moving GIF, PNG and WebP, lossless WebP and compressed TIFF are accepted."""
    frames = [Image.new("RGB", (8, 8), (shade, 0, 0)) for shade in (10, 200)]
    for form in ("GIF", "PNG", "WEBP", "AVIF"):
        held = io.BytesIO()
        frames[0].save(held, form, save_all=True, append_images=frames[1:])
        assert form.lower() == verdict(held.getvalue())
    assert verdict(picture("JPEG", progressive=True, comment=b"c" * 60_000)) is FileType.JPEG
    assert verdict(picture("WEBP", lossless=True)) is FileType.WEBP
    assert verdict(picture("TIFF", compression="tiff_lzw")) is FileType.TIFF
    assert verdict(picture("TIFF", big_tiff=True)) is FileType.TIFF
    assert verdict(picture("WEBP", exif=Image.Exif().tobytes(), icc_profile=b"p" * 300)) is FileType.WEBP


def test_a_motion_photo_is_a_picture() -> None:
    """J5: bytes behind the picture are let pass, since phones put a short video there."""
    video = b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom" + bytes(range(256)) * 4
    assert verdict(picture("JPEG") + video) is FileType.JPEG
    assert verdict(picture("PNG") + video) is FileType.PNG


def test_heif_is_known_by_its_compatible_brands_too() -> None:
    """J5: a general brand with HEIC or AVIF among the compatible ones is that kind of picture."""
    assert verdict(heic().replace(b"ftypheic", b"ftypmif1", 1)) is FileType.HEIC
    assert verdict(picture("AVIF").replace(b"ftypavif", b"ftypmif1", 1)) is FileType.AVIF


def test_exactly_the_limit_passes_and_one_byte_more_does_not() -> None:
    """J5: 26,214,400 bytes are accepted; one more is too large, with the limit in the error."""
    with SpooledTemporaryFile(max_size=65536) as file:
        file.write(picture("JPEG"))
        file.seek(LIMIT - 1)
        file.write(b"\0")
        assert LIMIT == DEFAULT.judge(file, name="photo.jpg").size
        file.seek(LIMIT)
        file.write(b"\0")
        with pytest.raises(AttachmentTooLarge) as refused:
            DEFAULT.judge(file, name="photo\u202e.jpg")
    assert ("photo.jpg", LIMIT) == (refused.value.file_name, refused.value.limit)
    assert "The file is larger than 25 MB." == str(refused.value)


def test_text_of_the_full_size_is_read_to_its_end() -> None:
    """J5: one control at the very end of 25 MiB makes text no text."""
    block = "Kabel – geprüft, und noch mehr Text dazu\n".encode()
    content = (block * (LIMIT // len(block) + 1))[: LIMIT - 1]
    assert verdict(content.rstrip(b"\xe2\x80\xc3") + b"\n") is FileType.TEXT
    assert verdict(content[: LIMIT // 2] + b"\n\x00") == "type-not-allowed"


def test_an_empty_file_is_refused() -> None:
    """J5: a file without a byte is empty, not damaged."""
    with pytest.raises(AttachmentEmpty) as refused:
        DEFAULT.judge(io.BytesIO(), name="../plan.pdf")
    assert "plan.pdf" == refused.value.file_name


def test_a_host_may_allow_fewer_types_and_bytes() -> None:
    """J5: `types` takes types or their words; another proven type is named in the refusal."""
    policy = AttachmentPolicy(types=frozenset({FileType.PDF, "png"}), max_bytes=4000)
    assert verdict(picture("PNG"), policy=policy) is FileType.PNG
    assert verdict(pdf(), policy=policy) is FileType.PDF
    assert verdict(bytes(4001), policy=policy) == "too-large"
    with pytest.raises(AttachmentTypeNotAllowed) as refused:
        policy.judge(io.BytesIO(picture("GIF")), name="a.png")
    assert "GIF image" == refused.value.seems
    with pytest.raises(ValueError, match="exe"):
        AttachmentPolicy(types=frozenset({"exe"}))
    with pytest.raises(ValueError, match="max_bytes"):
        AttachmentPolicy(max_bytes=0)


def test_the_file_is_left_at_its_first_byte() -> None:
    """J5: whoever stores the file after the verdict reads it from the start, refused or not."""
    for content in (docx(), pdf(), b"\x7fELF" + bytes(60)):
        file = io.BytesIO(content)
        with suppress(AttachmentTypeNotAllowed):
            DEFAULT.judge(file, name="plan")
        assert 0 == file.tell()


def test_each_type_is_stored_by_a_media_type_of_its_own() -> None:
    """J5: the stored media type leads back to the type; eight of them are pictures."""
    assert list(FileType) == [FileType.of(kind.content_type) for kind in FileType]
    assert FileType.of("text/html") is None
    assert 8 == sum(kind.picture for kind in FileType)
