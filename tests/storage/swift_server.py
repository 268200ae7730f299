"""OpenStack Swift with its S3 door: a real S3 server from Debian packages, in a temporary folder, on free ports."""

from __future__ import annotations

import json
import os
import pwd
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PROGRAMS = ["swift-proxy-server", "swift-account-server", "swift-container-server", "swift-object-server"]

# One of everything, nothing replicated; `swift_dir` keeps the rings and the secrets out of /etc.
_DEFAULT = """[DEFAULT]
bind_ip = 127.0.0.1
bind_port = {port}
user = {user}
swift_dir = {folder}
devices = {folder}/devices
mount_check = false
workers = 0
log_name = {name}
fallocate_reserve = 0
"""

_BACKEND = """
[pipeline:main]
pipeline = {name}-server

[app:{name}-server]
use = egg:swift#{name}

[{name}-replicator]
[{name}-auditor]
"""

_PROXY = """
[pipeline:main]
pipeline = catch_errors cache s3api tempauth slo proxy-server

[app:proxy-server]
use = egg:swift#proxy
allow_account_management = true
account_autocreate = true

[filter:catch_errors]
use = egg:swift#catch_errors

# No memcached: every look-up misses, which only costs time.
[filter:cache]
use = egg:swift#memcache
memcache_servers = 127.0.0.1:1
connect_timeout = 0.01
error_suppression_limit = 1
error_suppression_interval = 3600

[filter:s3api]
use = egg:swift#s3api
location = us-east-1
s3_acl = false
check_bucket_owner = false

[filter:tempauth]
use = egg:swift#tempauth
user_trial_trial = secret .admin

[filter:slo]
use = egg:swift#slo
"""

_RINGS = """
import json, sys
from swift.common.ring import RingBuilder
folder, ports = sys.argv[1], json.loads(sys.argv[2])
for name, port in ports.items():
    builder = RingBuilder(2, 1, 0)
    builder.add_dev(
        {"region": 1, "zone": 1, "ip": "127.0.0.1", "port": port, "device": "d1", "weight": 1,
         "replication_ip": "127.0.0.1", "replication_port": port, "meta": ""}
    )
    builder.rebalance()
    builder.get_ring().save(f"{folder}/{name}.ring.gz")
"""

ACCESS_KEY = "trial:trial"
SECRET_KEY = "secret"


def missing() -> str | None:
    """Why no server can be started here, None if one can."""
    absent = [program for program in PROGRAMS if not shutil.which(program)]
    if absent:
        return "there is no OpenStack Swift: apt-get install swift-proxy swift-account swift-container swift-object"
    return None


@contextmanager
def running(folder: Path) -> Iterator[str]:
    """Start the four servers over `folder`, give the address of the S3 door, and end them."""
    (folder / "devices" / "d1").mkdir(parents=True)
    (folder / "swift.conf").write_text("[swift-hash]\nswift_hash_path_suffix = a\nswift_hash_path_prefix = b\n")
    ports = dict(zip(PROGRAMS, _free_ports(len(PROGRAMS)), strict=True))
    servers: list[subprocess.Popen[bytes]] = []
    try:
        for program, port in ports.items():
            name = program.split("-")[1]
            head = _DEFAULT.format(port=port, user=_me(), folder=folder, name=name)
            (folder / f"{name}.conf").write_text(head + (_PROXY if name == "proxy" else _BACKEND.format(name=name)))
        _rings(folder, {program.split("-")[1]: port for program, port in ports.items() if program != PROGRAMS[0]})
        for program in PROGRAMS[::-1]:
            name = program.split("-")[1]
            log = (folder / f"{name}.log").open("wb")
            servers.append(
                subprocess.Popen(
                    [program, str(folder / f"{name}.conf"), "--verbose"],
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=subprocess.STDOUT,
                    start_new_session=True,
                )
            )
            log.close()
        for port in ports.values():
            _wait_for(port, folder)
        yield f"http://127.0.0.1:{ports['swift-proxy-server']}"
    finally:
        for server in servers:
            os.killpg(server.pid, signal.SIGKILL)
            server.wait()


def _me() -> str:
    return pwd.getpwuid(os.getuid()).pw_name


def _rings(folder: Path, ports: dict[str, int]) -> None:
    """One process for the three rings; the interpreter is the one that Debian's Swift belongs to."""
    subprocess.run(["/usr/bin/python3", "-c", _RINGS, str(folder), json.dumps(ports)], check=True, timeout=30)


def _free_ports(count: int) -> list[int]:
    held = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [one.getsockname()[1] for one in held]
    for one in held:
        one.close()
    return ports


def _wait_for(port: int, folder: Path) -> None:
    until = time.monotonic() + 30
    while time.monotonic() < until:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    logs = "\n".join(path.read_text(errors="replace")[-2000:] for path in folder.glob("*.log"))
    raise AssertionError(f"Swift did not start:\n{logs}")
