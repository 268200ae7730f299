"""Who may send a change, and where a form may send people: pure decisions."""

from __future__ import annotations

import pytest

from jobthreads.web.http import Request
from jobthreads.web.problems import CrossSite
from jobthreads.web.security import HEADERS, Kind, check_same_site, local_path

ORIGIN = "https://office.example"


@pytest.mark.parametrize(
    ("headers", "allowed"),
    [
        ({"sec-fetch-site": "same-origin"}, True),
        ({"sec-fetch-site": "same-origin", "origin": ORIGIN, "cookie": "a=b"}, True),
        ({"sec-fetch-site": "same-origin", "cookie": "a=b"}, True),
        ({"sec-fetch-site": "cross-site"}, False),
        ({"sec-fetch-site": "same-site"}, False),
        ({"sec-fetch-site": "none"}, False),
        ({"sec-fetch-site": "same-origin", "origin": "https://evil.example"}, False),
        ({"origin": ORIGIN, "cookie": "a=b"}, True),
        ({"origin": ORIGIN.upper()}, True),
        ({"origin": "null"}, False),
        ({"origin": "http://office.example"}, False),
        ({"origin": "https://office.example:8443"}, False),
        ({"origin": "https://office.example.evil.example"}, False),
        ({"origin": ""}, False),
        ({"referer": f"{ORIGIN}/messages", "cookie": "a=b"}, True),
        ({"referer": "https://evil.example/https://office.example/"}, False),
        ({"referer": "https://["}, False),
        ({"origin": ORIGIN, "referer": "https://evil.example/"}, True),
        ({"cookie": "a=b"}, False),
        ({}, True),
    ],
)
def test_a_change_comes_from_our_own_pages(headers: dict[str, str], allowed: bool) -> None:
    """Security 3.5: the browser says where a change comes from; a program has no cookie to steal."""
    request = Request(method="POST", scheme="https", host="office.example", mount="/office", headers=headers)
    try:
        check_same_site(request)
    except CrossSite:
        assert not allowed
    else:
        assert allowed


@pytest.mark.parametrize(
    ("address", "kept"),
    [
        ("/jobs/1?tab=a#b", True),
        ("/jobs/%20", True),
        ("/", True),
        ("", False),
        ("jobs", False),
        ("//evil.example", False),
        ("/\\evil.example", False),
        ("/a\\b", False),
        ("https://evil.example", False),
        ("/a\nb", False),
        ("/a b", False),
        ("/" + "a" * 2000, False),
    ],
)
def test_only_paths_of_this_site_are_followed(address: str, kept: bool) -> None:
    """Design §5: redirects after a form go to same-origin paths only."""
    assert (address if kept else None) == local_path(address)


@pytest.mark.parametrize("kind", [kind for kind in Kind if kind is not Kind.ASSET])
def test_nothing_of_a_person_is_kept_by_a_cache(kind: Kind) -> None:
    """Security 14.3.2: no-store on everything but the two files that are the same for all."""
    assert "no-store" == HEADERS[kind]["Cache-Control"]


def test_our_policy_allows_nothing_inline() -> None:
    """Security 3.4.3: strict, and no eval, no inline, no other origin."""
    for kind in (Kind.PAGE, Kind.ENTER):
        policy = HEADERS[kind]["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert "http" not in policy
