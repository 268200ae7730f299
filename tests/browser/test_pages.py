"""What holds for every page: it fits a phone, it has one heading, every control has a name, focus can be seen."""

from __future__ import annotations

import os
from collections.abc import Container, Iterator
from typing import Any

import pytest

if os.environ.get("JOBTHREADS_REQUIRE") != "all":
    pytest.importorskip("playwright", reason="playwright is not installed")
from playwright.sync_api import expect
from tests.browser.hostile import CONTENTS, png

SVG = CONTENTS["svg"]

OFFICE = (
    "/",
    "/jobs",
    "/jobs/1001",
    "/jobs/1001?tab=activity",
    "/quotes",
    "/quotes/2001",
    "/clients",
    "/clients/c1",
    "/settings",
    "/settings/pipelines/electrical",
    "/mailbox",
    "/office/messages",
    "/office/messages/new",
    "/office/messages/new?client={dana}",
    "/office/messages/jobs/1001",
    "/office/messages/jobs/1002",
    "/office/jobs/1001/activity",
    "/office/jobs/1001/activity?type=reply",
    "/office/bell",
    "/office/messages/jobs/9999",
)
PORTAL = ("/portal/", "/portal/jobs/1001", "/portal/quotes/2001", "/portal/jobs/9999")

# One page for each kind of control, since walking them all with the Tab key takes long.
TABBED = {
    "/jobs/1001",
    "/jobs/1001?tab=activity",
    "/quotes/2001",
    "/clients/c1",
    "/office/messages/new?client={dana}",
    "/office/messages/jobs/1001",
    "/office/bell",
    *PORTAL[:2],
}

LONG = (
    "Gut-Wetter-Dachrinnenreinigungsvereinbarung" * 6 + " https://example.com/" + "a" * 300 + "\n\nالتوصيل يوم الجمعة"
)

UNNAMED = """() => [...document.querySelectorAll("input, select, textarea, button, a[href], summary, iframe")]
  .filter(control => control.type !== "hidden" && !control.closest("[hidden]"))
  .filter(control => !(control.getAttribute("aria-label") || control.title || control.textContent.trim()
    || [...(control.labels || [])].some(label => label.textContent.trim())))
  .map(control => control.outerHTML.slice(0, 120))"""

SMALL = """() => [...document.querySelectorAll(`.jobthreads :is(button, select, .jt-input, .jt-tab, .jt-filter,
    .jt-button, .jt-back, .jt-link, .jt-choice, .jt-add-files-label, .jt-thread-link, .jt-notice-link,
    .jt-record-link)`)]
  .map(control => [control.outerHTML.slice(0, 100), control.getBoundingClientRect().height])
  .filter(([, height]) => height > 0 && height < 44)"""

# Every text against the ground that shows behind it, by the formula of WCAG 2; colours are read back from a canvas.
PALE = """() => {
  const pen = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
  const over = (layers) => { pen.clearRect(0, 0, 1, 1);
    for (const layer of layers) { pen.fillStyle = layer; pen.fillRect(0, 0, 1, 1); }
    return [...pen.getImageData(0, 0, 1, 1).data].slice(0, 3); };
  const light = (colour) => { const [r, g, b] = colour.map(part => (part /= 255) <= 0.04045
    ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4); return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
  const faults = new Map();
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement, box = element.getBoundingClientRect();
    if (!walker.currentNode.textContent.trim() || box.width < 2 || box.height < 2 || !element.checkVisibility()
      || element.closest("option, [disabled], .jt-skip, .skip")) continue;
    const layers = [];
    for (let at = element; at; at = at.parentElement) layers.unshift(getComputedStyle(at).backgroundColor);
    layers.unshift("Canvas");
    const style = getComputedStyle(element), ground = over(layers), ink = over([...layers, style.color]);
    const [high, low] = [light(ground), light(ink)].sort((a, b) => b - a);
    const large = parseFloat(style.fontSize) >= 24 || (parseFloat(style.fontSize) >= 18.66 && style.fontWeight >= 700);
    const ratio = (high + 0.05) / (low + 0.05);
    if (ratio < (large ? 3 : 4.5)) faults.set(`${element.className || element.tagName} ${ratio.toFixed(2)}`, 1);
  }
  return [...faults.keys()];
}"""

FOCUS = """() => {
  const focused = document.activeElement;
  const shown = (element) => { const style = getComputedStyle(element);
    return style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2; };
  const label = focused.nextElementSibling;  // a radio button that is drawn by its label
  return [focused.outerHTML.slice(0, 120), shown(focused) || (label !== null && shown(label))];
}"""


@pytest.fixture(scope="module")
def talked(onlookers: Any) -> Any:
    """A conversation with everything in it that could break a page."""
    people = onlookers
    kim, dana = people.staff("Kim Lee"), people.client("Dana Reyes")
    kim.goto("/office/messages/new")
    people.dana = kim.locator("option", has_text="Dana Reyes").get_attribute("value")
    for page, address in ((kim, "/office/messages/jobs/1001"), (dana, "/portal/jobs/1001")):
        page.goto(address)
        page.locator("textarea").fill(LONG)
        page.get_by_role("button", name="Send Reply").click()
        expect(page.locator(".jt-bubble", has_text="Dachrinnen").last).to_be_visible()
    kim.goto("/jobs/1001?tab=activity")
    kim.locator('.jt-upload input[value="visible"]').check()
    contents = {f"{'Gutter-plan-' * 14}final.png": png(), "Wishes.txt": b"A", "a.svg": SVG}
    kim.locator('.jt-upload input[type="file"]').set_input_files(
        [{"name": name, "mimeType": "image/png", "buffer": content} for name, content in contents.items()]
    )
    expect(kim.locator(".jt-upload-refused")).to_contain_text("a.svg")
    expect(kim.locator(".jt-entry-file")).to_have_count(2)
    kim.goto("/jobs/1001")
    kim.get_by_role("combobox", name="Status").select_option("On hold")
    kim.get_by_role("button", name="Change status").click()
    return people


def _walk(people: Any, chosen: Container[str] = OFFICE + PORTAL, **context: Any) -> Iterator[tuple[Any, str]]:
    for person, addresses in (("Kim Lee", OFFICE), ("Dana Reyes", PORTAL)):
        page = people.staff(person, **context)
        for address in addresses:
            if address in chosen:
                page.goto(address.format(dana=people.dana))
                yield page, address


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_page_fits_a_phone_and_is_legible(talked: Any, scheme: str) -> None:
    """Nothing scrolls sideways at 360 pixels, whatever was written, and all text has the contrast of WCAG AA."""
    faults = []
    for page, address in _walk(talked, viewport={"width": 360, "height": 740}, color_scheme=scheme):
        width = page.evaluate("document.documentElement.scrollWidth")
        if width > 360:
            faults.append((address, f"{width} pixels wide"))
        faults += [(address, pale) for pale in page.evaluate(PALE)]
    assert [] == faults


def test_every_page_has_one_heading_and_named_controls(talked: Any) -> None:
    """One h1, a title, a main landmark, and a name on each control."""
    faults = []
    for page, address in _walk(talked):
        counted = [page.locator(landmark).count() for landmark in ("h1", "main")]
        if counted != [1, 1] or not page.title().strip():
            faults.append((address, counted, page.title()))
        faults += [(address, control) for control in page.evaluate(UNNAMED)]
    assert [] == faults


def test_whoever_uses_the_keyboard_sees_where_they_are(talked: Any) -> None:
    """The focus has an outline at every stop of the Tab key."""
    unseen = []
    for page, address in _walk(talked, TABBED, viewport={"width": 1440, "height": 900}):
        for _ in range(min(30, page.locator("a[href], button, input, select, textarea").count())):
            page.keyboard.press("Tab")
            stop, shown = page.evaluate(FOCUS)
            if not shown and not stop.startswith(("<body", "<html")):
                unseen.append((address, stop))
    assert [] == unseen


def test_the_composer_is_always_in_sight(talked: Any) -> None:
    """Messages: at the bottom of the window on a phone and on a desk, however long the conversation is."""
    for size in ({"width": 360, "height": 740}, {"width": 1440, "height": 900}):
        kim = talked.staff("Kim Lee", viewport=size)
        kim.goto("/office/messages/jobs/1001")
        box = kim.get_by_role("button", name="Send Reply").bounding_box()
        assert box["y"] + box["height"] <= size["height"]
        assert box["y"] > size["height"] * 0.6
        expect(kim.locator(".jt-bubble").last).to_be_in_viewport()


def test_the_menu_opens_on_a_phone_without_javascript(people: Any) -> None:
    """The sidebar is behind a button, and needs no script."""
    kim = people.staff("Kim Lee", script=False, viewport={"width": 360, "height": 740})
    menu = kim.get_by_role("navigation", name="Main")
    expect(menu).to_be_hidden()
    kim.get_by_role("button", name="Menu").click()
    expect(menu).to_be_visible()
    menu.get_by_role("link", name="Clients").click()
    expect(kim.get_by_role("heading", name="Clients")).to_be_visible()


def test_targets_are_large_enough_for_a_thumb(talked: Any) -> None:
    """On touch, whatever stands on its own is at least 44 pixels high."""
    small = []
    for page, address in _walk(talked, viewport={"width": 360, "height": 740}, has_touch=True, is_mobile=True):
        small += [(address, *found) for found in page.evaluate(SMALL)]
    assert [] == small
