"""Files, as people add, show, hide and fetch them in a real browser."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

if os.environ.get("JOBTHREADS_REQUIRE") != "all":
    pytest.importorskip("playwright", reason="playwright is not installed")
from playwright.sync_api import Error, expect
from tests.browser.conftest import People
from tests.browser.hostile import CONTENTS, hostile_files, png

ACTIVITY, PORTAL = "/jobs/1001?tab=activity", "/portal/jobs/1001"
SVG = CONTENTS["svg"]

DROP = """(root, files) => {
  const data = new DataTransfer();
  for (const [name, bytes] of files) data.items.add(new File([new Uint8Array(bytes)], name));
  for (const kind of ["dragover", "drop"])
    root.dispatchEvent(new DragEvent(kind, { dataTransfer: data, bubbles: true, cancelable: true }));
}"""


def given(name: str, content: bytes) -> dict[str, Any]:
    """A file as a person chooses it."""
    return {"name": name, "mimeType": "application/octet-stream", "buffer": content}


def entry_of(page: Any, name: str) -> Any:
    """The line of the feed that holds this file."""
    return page.locator(".jt-entry.jt-kind-file", has_text=name)


def attach(page: Any, name: str, content: bytes, *, visible: bool = True) -> str:
    """Attach a file on the Activity tab, and give its entry's id."""
    page.goto(ACTIVITY)
    page.locator(f'.jt-upload input[value="{"visible" if visible else "internal"}"]').check()
    page.locator('.jt-upload input[type="file"]').set_input_files(given(name, content))
    expect(entry_of(page, name)).to_have_count(1)
    return str(entry_of(page, name).get_attribute("data-jt-line"))


def test_three_files_are_dropped_and_one_is_refused(people: Any) -> None:
    """J5: anywhere on the feed; two are stored as chosen before, one says why, each in its own line."""
    kim = people.staff("Kim Lee")
    kim.goto(ACTIVITY)
    files = [("site.png", list(png())), ("logo.svg", list(SVG)), ("list.txt", list(b"Cable, 18 m"))]
    kim.locator("#jt-activity").evaluate(DROP, files)
    lines = kim.locator(".jt-upload-line")
    expect(lines).to_have_count(3)
    expect(lines.nth(0)).to_contain_text("Attached")
    expect(lines.nth(1)).to_contain_text("cannot be attached")
    expect(lines.nth(2)).to_contain_text("Attached")
    expect(kim.locator(".jt-entry.jt-kind-file")).to_have_count(2)
    expect(entry_of(kim, "site.png").locator(".jt-chip-internal")).to_be_visible()
    dana = people.client("Dana Reyes")
    dana.goto(PORTAL)
    expect(dana.locator(".jt-file")).to_have_count(0)


def test_a_file_too_large_is_refused_before_it_is_sent(people: Any) -> None:
    """J5: the script looks at the size first, and sends the others."""
    kim = people.staff("Kim Lee")
    kim.goto(ACTIVITY)
    sent: list[str] = []
    kim.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)
    kim.evaluate("document.querySelector('.jt-upload').dataset.jtLimit = 1000")
    files = [("large.txt", list(b"x" * 1001)), ("small.txt", list(b"x"))]
    kim.locator("#jt-activity").evaluate(DROP, files)
    expect(kim.locator(".jt-upload-line").nth(0)).to_contain_text("The file is larger than 25 MB.")
    expect(entry_of(kim, "small.txt")).to_have_count(1)
    assert 1 == len([one for one in sent if one.endswith("/files")])


def test_files_need_no_javascript(people: Any) -> None:
    """J5, J6: a plain form with several; one refused in place, the others stored; shown by a button, and hidden."""
    kim = people.staff("Kim Lee", script=False)
    kim.goto(ACTIVITY)
    kim.locator('.jt-upload input[type="file"]').set_input_files(
        [given("site.png", png()), given("logo.svg", SVG), given("list.txt", b"Cable")]
    )
    kim.get_by_role("button", name="Attach").click()
    expect(kim.locator(".jt-upload-refused")).to_contain_text("logo.svg")
    expect(kim.locator(".jt-entry.jt-kind-file")).to_have_count(2)
    kim.goto(ACTIVITY)
    entry_of(kim, "site.png").get_by_role("button", name="Show to customer").click()
    expect(entry_of(kim, "site.png").locator(".jt-chip-visible")).to_be_visible()
    assert "/jobs/1001?tab=activity" in kim.url
    dana = people.client("Dana Reyes", script=False)
    dana.goto(PORTAL)
    with dana.expect_download() as waiting:
        dana.get_by_role("link", name="Download site.png").click()
    assert ("site.png", png()) == (waiting.value.suggested_filename, Path(waiting.value.path()).read_bytes())
    entry_of(kim, "site.png").get_by_role("button", name="Hide").click()
    expect(entry_of(kim, "site.png").locator(".jt-chip-internal")).to_be_visible()
    dana.reload()
    expect(dana.locator(".jt-file")).to_have_count(0)


def test_a_hidden_file_is_gone_at_the_next_click(people: Any) -> None:
    """J6: the client has the page open; the click, the preview and every address held before are 404, none 304."""
    kim, dana = people.staff("Kim Lee"), people.client("Dana Reyes")
    entry = attach(kim, "site.png", png())
    addresses = [f"/portal/{api}files/{entry}{end}" for api in ("", "api/") for end in ("", "/preview")]
    dana.goto(PORTAL)
    download = dana.get_by_role("link", name="Download site.png")
    expect(download).to_be_visible()
    for _ in range(50):
        if all(dana.request.get(one).status == 200 for one in addresses):
            break
        dana.wait_for_timeout(100)
    assert [200] * 4 == [dana.request.get(one).status for one in addresses]
    kim.locator(f"#entry-{entry}").get_by_role("button", name="Hide").click()
    expect(kim.locator(f"#entry-{entry} .jt-chip-internal")).to_be_visible()
    old = {"If-None-Match": "*", "If-Modified-Since": "Wed, 21 Oct 2099 07:28:00 GMT"}
    assert [404] * 4 == [dana.request.get(one, headers=old).status for one in addresses]
    with dana.expect_response(lambda answer: answer.url.endswith(addresses[0])) as waiting:
        download.click()
    assert 404 == waiting.value.status
    expect(dana.get_by_text("There is nothing here.")).to_be_visible()


@pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
def test_a_client_uploads_where_it_is_on(people: Any, script: bool) -> None:
    """J8: "Customer can upload" gives the control, and takes it away; the file lands in the feed with its badge."""
    dana = people.client("Dana Reyes", script=script)
    dana.goto(PORTAL)
    dana.locator("summary", has_text="Add files").click()
    expect(dana.get_by_text("PDF, Word, Excel, Numbers, text or photos, up to 25 MB each")).to_be_visible()
    dana.locator('input[type="file"]').set_input_files([given("wall.png", png()), given("logo.svg", SVG)])
    if not script:
        dana.get_by_role("button", name="Attach").click()
    expect(dana.locator(".jt-file-name", has_text="wall.png")).to_be_visible()
    expect(dana.locator(".jt-upload-refused")).to_contain_text("logo.svg")
    kim = people.staff("Kim Lee")
    kim.goto(ACTIVITY)
    expect(entry_of(kim, "wall.png").get_by_text("From customer")).to_be_visible()
    kim.goto("/settings/pipelines/electrical")
    kim.get_by_role("switch", name="Customer can upload").uncheck()
    kim.get_by_role("button", name="Save pipeline").click()
    dana.goto(PORTAL)
    expect(dana.locator(".jt-file-name", has_text="wall.png")).to_be_visible()
    expect(dana.locator('input[type="file"]')).to_have_count(0)


@pytest.fixture
def quiet(chromium: Any, small_tradebook: Any) -> Iterator[Any]:
    """People whose consoles may complain, since what they open is made to."""
    with small_tradebook() as app:
        everyone = People(chromium, app.address)
        everyone.origin = app.address
        yield everyone
        everyone.close()


def test_no_hostile_file_runs_a_script(quiet: Any) -> None:
    """Security: at least 40 hostile files through page, API download and preview, on both sides: nothing runs."""
    kim, dana = quiet.staff("Kim Lee"), quiet.client("Dana Reyes")
    ran: list[str] = []
    for page in (kim, dana):
        page.on("dialog", lambda dialog: (ran.append(dialog.message), dialog.dismiss()))
        page.context.on("request", lambda request: ran.append(request.url) if "pwned" in request.url else None)
    kept, refused = [], 0
    for name, content in hostile_files():
        answer = kim.request.post(
            "/office/api/jobs/1001/files",
            headers={"Origin": quiet.origin},
            multipart={"file": given(name, content), "visibility": "visible"},
        )
        assert answer.status in {201, 413, 422}, (name, answer.status)
        if answer.status == 201:
            kept.append(answer.json()["id"])
        else:
            refused += 1
    assert 40 <= len(kept) + refused
    assert 20 <= len(kept)
    assert 20 <= refused
    for page, mount, home in ((kim, "/office", ACTIVITY), (dana, "/portal", PORTAL)):
        page.goto(home)
        page.wait_for_timeout(300)
        for entry in kept:
            for path in (f"{api}files/{entry}{end}" for api in ("", "api/") for end in ("", "/preview")):
                with suppress(Error):  # Chromium saves it instead of opening it
                    page.goto(f"{mount}/{path}")
        page.goto(home)
        page.evaluate(EMBED, [f"{mount}/{api}files/{entry}" for entry in kept for api in ("", "api/")])
        page.wait_for_timeout(1500)
    # A refused name stands in the page as text.
    kim.goto(ACTIVITY)
    kim.locator("#jt-activity").evaluate(DROP, [(name, list(b"\0")) for name, _ in hostile_files()[-10:]])
    expect(kim.locator(".jt-upload-refused")).to_have_count(10)
    assert [] == ran
    kim.evaluate("new Image().src = '/pwned'")
    kim.wait_for_timeout(200)
    assert 1 == len(ran), "the test can see"


EMBED = """(addresses) => {
  for (const address of addresses) {
    for (const [name, where] of [["iframe", "src"], ["object", "data"], ["embed", "src"], ["script", "src"]]) {
      const made = document.createElement(name);
      made.setAttribute(where, address);
      document.body.append(made);
    }
  }
}"""
