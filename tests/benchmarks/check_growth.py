"""What grows with the business: twenty times as many threads may not make a call half as slow again."""

from __future__ import annotations

import pytest

from tests.benchmarks.growing import MOST, growths
from tests.benchmarks.loading import Place
from tests.benchmarks.world import Size, World


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_nothing_grows_with_the_business(kind: str, request: pytest.FixtureRequest, worlds: dict[Size, World]) -> None:
    """From 1,000 threads to 20,000 no list, post or mark takes more than one and a half times as long."""
    place: Place = request.getfixturevalue(kind)
    grown = {name: growth for name, growth, _ in growths(place, worlds[Size.S], worlds[Size.M])}
    print("\n" + "\n".join(f"{kind:11} {name:28} {growth:5.2f}" for name, growth in grown.items()))
    assert {} == {name: growth for name, growth in grown.items() if growth > MOST}
