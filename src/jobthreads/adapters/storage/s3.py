"""`S3Storage`: blobs as objects of a private bucket; needs the optional extra `s3`."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from datetime import datetime
from typing import Any

from jobthreads import faults
from jobthreads.adapters.storage.checks import aware, is_key, safe_key, span
from jobthreads.errors import Misconfigured, Unavailable
from jobthreads.ports import Readable
from jobthreads.sentences import gettext as _

__all__ = ["S3Storage"]

_PIECE = 1024 * 1024
# The smallest part that S3 takes: one of them, and little else, is in memory at a time.
_PART = 5 * _PIECE
_MISSING = {"404", "NoSuchKey", "NoSuchUpload", "NotFound"}
_NO_CONDITIONS = {"NotImplemented", "501"}
# Each put writes a word of its own beside the content, and knows by it what it wrote itself.
_WORD = "put"


class S3Storage:
    """Keeps each blob as one object, under `prefix` and its key; the bucket has to be private.

    What lies under the prefix has to be ours alone: the sweep takes away what nobody knows.

    It asks for `GetObject`, `PutObject`, `DeleteObject`, `ListBucket`, `AbortMultipartUpload` and
    `ListBucketMultipartUploads`. Where the server knows conditional writes, it is the server that refuses a key that is
    taken; where it does not, it is asked first. A put that was stored and whose answer was lost counts as stored.

    Args:
        bucket: its name.
        client: a boto3 client for `s3`; without it one is made from the environment, with short timeouts and
            three attempts.
        prefix: put before every key as it stands, `"jobthreads/"` for one.
    """

    # boto3 makes its clients at run time and has no types for them: hence Any.
    def __init__(self, bucket: str, client: Any = None, prefix: str = "") -> None:
        try:
            import boto3
            from botocore.config import Config
            from botocore.exceptions import BotoCoreError, ClientError
        except ImportError as missing:
            raise Misconfigured("S3Storage needs boto3.", hint='Install it: pip install "jobthreads[s3]".') from missing
        self._trouble: tuple[type[Exception], ...] = (BotoCoreError, ClientError)
        self._bucket = bucket
        self._prefix = prefix
        self._conditions = True
        if client is None:
            config = Config(
                connect_timeout=5,
                read_timeout=30,
                retries={"mode": "standard", "total_max_attempts": 3},
                # Checksums in trailers are unknown to most servers but Amazon's; TLS and our SHA-256 do without.
                request_checksum_calculation="when_required",
                response_checksum_validation="when_required",
            )
            client = boto3.client("s3", config=config)
        self._client = client

    def put(self, stream: Readable, key: str) -> None:
        """Send it in parts of 5 MiB, of which none shows before the last; see `BlobStorage`."""
        place = self._place(safe_key(key))
        with self._server():
            if self._word_at(place) is not None:
                raise FileExistsError("A blob of this key is there already.")
        word = secrets.token_hex(16)
        part = bytearray()
        _fill(part, stream)
        if len(part) < _PART:
            faults.hit("blob.temp_written")
            self._settle(place, word, lambda **condition: self._put_whole(place, word, part, condition))
        else:
            self._put_in_parts(stream, part, place, word)
        faults.hit("blob.stored")

    def open(self, key: str, start: int = 0, end: int | None = None) -> AbstractContextManager[Readable]:
        """Open the bytes from `start` to `end`; see `BlobStorage`."""
        span(start, end)
        return self._opened(self._place(safe_key(key)), start, end)

    def delete(self, key: str) -> None:
        """Take the object away; see `BlobStorage`."""
        place = self._place(safe_key(key))
        with self._server():
            self._client.delete_object(Bucket=self._bucket, Key=place)

    def keys_older_than(self, time: datetime) -> Iterator[str]:
        """The keys of objects last written before this time, by the server's clock; see `BlobStorage`."""
        aware(time)
        for one in self._listed("list_objects_v2", "Contents"):
            key = one["Key"][len(self._prefix) :]
            if is_key(key) and one["LastModified"] < time:
                yield key

    def sweep_leftovers(self, older_than: datetime) -> int:
        """End the uploads in parts that were never completed; see `BlobStorage`."""
        aware(older_than)
        swept = 0
        for one in self._listed("list_multipart_uploads", "Uploads"):
            if is_key(one["Key"][len(self._prefix) :]) and one["Initiated"] < older_than:
                with self._server():
                    self._abort(one["Key"], one["UploadId"])
                    swept += 1
        return swept

    def _put_in_parts(self, stream: Readable, part: bytearray, place: str, word: str) -> None:
        with self._server():
            upload = self._client.create_multipart_upload(Bucket=self._bucket, Key=place, Metadata={_WORD: word})
        known = {"Bucket": self._bucket, "Key": place, "UploadId": upload["UploadId"]}
        try:
            parts: list[dict[str, object]] = []
            while part:
                number = len(parts) + 1
                with self._server():
                    sent = self._client.upload_part(**known, PartNumber=number, Body=part)
                parts.append({"PartNumber": number, "ETag": sent["ETag"]})
                _fill(part, stream)
            faults.hit("blob.temp_written")
            self._settle(
                place,
                word,
                lambda **condition: self._client.complete_multipart_upload(
                    **known, MultipartUpload={"Parts": parts}, **condition
                ),
            )
        except BaseException:
            with suppress(*self._trouble):
                self._abort(place, upload["UploadId"])
            raise

    def _put_whole(self, place: str, word: str, content: bytearray, condition: dict[str, str]) -> None:
        self._client.put_object(Bucket=self._bucket, Key=place, Body=content, Metadata={_WORD: word}, **condition)

    def _settle(self, place: str, word: str, write: Callable[..., object]) -> None:
        """Make the write after which the object stands; where no answer tells, look what became of it."""
        try:
            self._write_where_nothing_is(write)
        except self._trouble as trouble:
            with self._server():
                found = self._word_at(place)
            if found is None:
                raise Unavailable(_("The file cannot be stored just now.")) from trouble
            if found != word:
                raise FileExistsError("A blob of this key is there already.") from trouble

    def _write_where_nothing_is(self, write: Callable[..., object]) -> None:
        if self._conditions:
            try:
                write(IfNoneMatch="*")
            except self._trouble as trouble:
                if _code(trouble) not in _NO_CONDITIONS:
                    raise
                # Random keys never meet; with the look before each put this is enough for a server without them.
                self._conditions = False
            else:
                return
        write()

    def _word_at(self, place: str) -> str | None:
        """The word of the put that made the object, None if there is no object."""
        try:
            known = self._client.head_object(Bucket=self._bucket, Key=place)
        except self._trouble as trouble:
            if _code(trouble) in _MISSING:
                return None
            raise
        return str(known["Metadata"].get(_WORD, ""))

    @contextmanager
    def _opened(self, place: str, start: int, end: int | None) -> Iterator[Readable]:
        body = self._body(place, start, end)
        if body is None:
            yield _Span(self, None, 0)
            return
        try:
            yield _Span(self, body, None if end is None else end - start)
        finally:
            # Closes the connection too, where not everything was read: it would wait for the rest.
            body.close()

    def _body(self, place: str, start: int, end: int | None) -> Any:
        """The answer's stream, None if the object holds nothing in this range."""
        with self._server():
            if start == end:
                self._client.head_object(Bucket=self._bucket, Key=place)
                return None
            part = {} if start == 0 and end is None else {"Range": f"bytes={start}-{'' if end is None else end - 1}"}
            try:
                answer = self._client.get_object(Bucket=self._bucket, Key=place, **part)
            except self._trouble as trouble:
                if _code(trouble) in {"InvalidRange", "416"}:
                    return None
                raise
        if start and answer["ResponseMetadata"]["HTTPStatusCode"] != 206:
            answer["Body"].close()
            raise Unavailable(_("The file storage does not give parts of files."))
        return answer["Body"]

    def _abort(self, place: str, upload_id: str) -> None:
        try:
            self._client.abort_multipart_upload(Bucket=self._bucket, Key=place, UploadId=upload_id)
        except self._trouble as trouble:
            if _code(trouble) not in _MISSING:
                raise

    def _listed(self, operation: str, field: str) -> Iterator[Any]:
        with self._server():
            pages = iter(self._client.get_paginator(operation).paginate(Bucket=self._bucket, Prefix=self._prefix))
        while True:
            with self._server():
                page = next(pages, None)
            if page is None:
                return
            yield from page.get(field, [])

    def _place(self, key: str) -> str:
        return f"{self._prefix}{key}"

    @contextmanager
    def _server(self) -> Iterator[None]:
        """Say whatever the server or the way to it refuses in our words; theirs stay the cause, for the log."""
        try:
            yield
        except self._trouble as trouble:
            raise Unavailable(_("The file cannot be stored or read just now.")) from trouble


class _Span:
    """The bytes of an answer, up to where they were asked to end."""

    def __init__(self, storage: S3Storage, body: Any, left: int | None) -> None:
        self._storage = storage
        self._body = body
        self._left = left

    def read(self, size: int, /) -> bytes:
        wanted = size if self._left is None else min(size, self._left)
        if self._body is None or wanted <= 0:
            return b""
        with self._storage._server():
            piece: bytes = self._body.read(wanted)
        if self._left is not None:
            self._left -= len(piece)
        return piece


def _fill(part: bytearray, stream: Readable) -> None:
    """Put the next part in place of the last one: shorter only at the end, and never two in memory."""
    part.clear()
    while len(part) < _PART and (piece := stream.read(min(_PIECE, _PART - len(part)))):
        part += piece


def _code(trouble: Exception) -> str:
    """The server's word for what it refused; empty for a trouble on the way."""
    answer = getattr(trouble, "response", None)
    return str(answer.get("Error", {}).get("Code", "")) if isinstance(answer, dict) else ""
