"""The servers that these tests talk to: each is started here, or named by an environment variable."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from typing import Any
from uuid import uuid4

import boto3
import pytest
from botocore.config import Config

from tests.servers import skip_or_fail
from tests.storage import swift_server

NewClient = Callable[..., Any]

# In a process of its own: the server keeps every object in memory, which would count as ours, and it ends with us,
# because it waits for the end of its input.
_MOTO = """
import sys
from moto.server import ThreadedMotoServer
server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
server.start()
print(*server.get_host_and_port(), flush=True)
sys.stdin.read()
"""


def s3_client(endpoint: str, access_key: str, secret_key: str, **settings: Any) -> Any:
    """A client as a host would make one for a server of its own."""
    config = Config(
        connect_timeout=2,
        read_timeout=20,
        retries={"mode": "standard", "total_max_attempts": 2},
        request_checksum_calculation="when_required",
        response_checksum_validation="when_required",
        s3={"addressing_style": "path"},
    )
    return boto3.client(
        "s3",
        endpoint_url=endpoint,
        aws_access_key_id=access_key,
        aws_secret_access_key=secret_key,
        region_name="us-east-1",
        config=config.merge(Config(**settings)),
    )


@pytest.fixture(scope="session")
def moto() -> Iterator[str]:
    """The address of moto's server."""
    with subprocess.Popen(
        [sys.executable, "-c", _MOTO],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as server:
        assert server.stdin is not None
        assert server.stdout is not None
        host, port = server.stdout.readline().split()
        yield f"http://{host}:{port}"
        server.stdin.close()
        server.wait(10)


@pytest.fixture(scope="session")
def moto_client(moto: str) -> Any:
    """A client of moto's server."""
    return s3_client(moto, "trial", "secret")


@pytest.fixture(scope="session")
def real_client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A client of a real S3 server: the one that `JOBTHREADS_TEST_S3` names, else OpenStack Swift, started here.

    `JOBTHREADS_TEST_S3=http://access:secret@host:port`.
    """
    named = os.environ.get("JOBTHREADS_TEST_S3")
    if named:
        scheme, _, rest = named.partition("://")
        login, _, place = rest.rpartition("@")
        access_key, _, secret_key = login.rpartition(":")
        yield s3_client(f"{scheme}://{place}", access_key, secret_key)
        return
    missing = swift_server.missing()
    if missing:
        skip_or_fail(missing)
    with swift_server.running(tmp_path_factory.mktemp("swift")) as endpoint:
        yield s3_client(endpoint, swift_server.ACCESS_KEY, swift_server.SECRET_KEY)


def new_bucket(client: Any) -> str:
    """An empty bucket of the test's own."""
    name = f"files-{uuid4().hex}"
    client.create_bucket(Bucket=name)
    return name
