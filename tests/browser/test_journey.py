"""The main job, as people do it, with JavaScript and without."""

from __future__ import annotations

import os
import re
import time
from typing import Any

import pytest

if os.environ.get("JOBTHREADS_REQUIRE") != "all":
    pytest.importorskip("playwright", reason="playwright is not installed")
from playwright.sync_api import expect

SCRIPT = pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])


def start_conversation(page: Any, client: str, record: str, *, script: bool = True) -> None:
    """Messages → New conversation → client → record → Confirm."""
    page.get_by_role("link", name="Messages").first.click()
    page.get_by_role("link", name="New conversation").click()
    page.get_by_label("Client", exact=True).select_option(label=client)
    if not script:
        page.get_by_role("button", name="Show jobs and quotes").click()
    choice = page.get_by_label("Job or quote")
    option = choice.locator("option", has_text=record)
    expect(option).to_have_count(1)
    choice.select_option(value=option.get_attribute("value"))
    page.get_by_role("button", name="Confirm").click()
    expect(page.get_by_role("button", name="Send Reply")).to_be_visible()


def write(page: Any, text: str) -> None:
    """Type a message, send it, and see it among the others."""
    page.get_by_role("textbox", name=re.compile("message", re.I)).fill(text)
    page.get_by_role("button", name="Send Reply").click()
    expect(page.locator(".jt-bubble", has_text=text)).to_have_count(1)


def mailed_link(page: Any, to: str) -> str:
    """The link in the newest e-mail to someone, once it is there."""
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        page.goto("/mailbox")
        mails = page.locator("a.row", has_text=to)
        if mails.count():
            mails.first.click()
            page.get_by_role("link", name="Plain text").click()
            return str(page.locator(".mail-text a[href*='/portal/enter/']").get_attribute("href"))
        page.wait_for_timeout(100)
    raise AssertionError(f"No e-mail to {to} within ten seconds.")


def unread(page: Any) -> list[str]:
    """What stands on the sidebar item and on the bell."""
    places = (page.locator("#menu").get_by_role("link", name="Messages"), page.locator("#menu .jt-bell-link"))
    return ["".join(place.inner_text().split()) for place in places]


@SCRIPT
def test_a_conversation_from_the_first_word_to_the_bell(people: Any, script: bool) -> None:
    """M4, M6, M8, J10: start, reply, mail, portal by its link, the client's reply, bell and count, both cleared."""
    kim = people.staff("Kim Lee", script=script)
    start_conversation(kim, "Dana Reyes", "J-1001", script=script)
    write(kim, "We can start on Friday.")
    assert ["Messages", "Notifications"] == unread(kim)

    link = mailed_link(people.nobody(script=script), "dana.reyes@mail.example")
    dana = people.nobody(script=script)
    dana.goto(link)
    dana.get_by_role("button", name="Open").click()
    expect(dana.locator(".jt-bubble", has_text="We can start on Friday.")).to_be_visible()
    assert dana.url.endswith("/portal/jobs/1001")
    write(dana, "Friday is fine.")

    kim.goto("/jobs")
    assert ["Messages1unread", "Notifications1unread"] == unread(kim)
    kim.locator("#menu .jt-bell-link").click()
    kim.get_by_role("link", name=re.compile(r"Dana Reyes replied on J-1001")).click()
    expect(kim.locator(".jt-bubble", has_text="Friday is fine.")).to_be_visible()
    kim.goto("/jobs")
    assert ["Messages", "Notifications"] == unread(kim)


def test_the_button_in_the_mail_leads_to_the_conversation(people: Any) -> None:
    """M6: the HTML of the mail has a link that opens that very thread."""
    kim = people.staff("Kim Lee")
    start_conversation(kim, "Abbott & Sons Bakery", "J-1002")
    write(kim, "The new oven circuit is ready.")
    mailed_link(kim, "abbott")
    kim.get_by_role("link", name="As sent").click()
    kim.frame_locator("iframe").locator("a[href*='/portal/enter/']").first.click()
    kim.get_by_role("button", name="Open").click()
    expect(kim.locator(".jt-bubble", has_text="The new oven circuit is ready.")).to_be_visible()


@SCRIPT
def test_a_tradie_sees_the_assigned_jobs_thread_and_cannot_reply(people: Any, script: bool) -> None:
    """M3: only assigned jobs, read-only; assigning and unassigning take effect on the next click."""
    kim = people.staff("Kim Lee", script=script)
    for client, record in (("Dana Reyes", "J-1001"), ("Amir Haddad", "J-1003")):
        start_conversation(kim, client, record, script=script)
        write(kim, f"About {record}.")

    jess = people.staff("Jess Moana", script=script)
    jess.get_by_role("link", name="Messages").first.click()
    assert ["J-1001"] == [text.split()[0] for text in jess.locator(".jt-thread-record").all_inner_texts()]
    jess.locator(".jt-thread-link").click()
    expect(jess.locator(".jt-bubble", has_text="About J-1001.")).to_be_visible()
    expect(jess.get_by_role("textbox")).to_have_count(0)
    expect(jess.get_by_role("button", name="Send Reply")).to_have_count(0)
    assert 404 == jess.goto("/office/messages/jobs/1003").status

    kim.goto("/jobs/1003")
    kim.get_by_label("Team member").select_option(value="jess")
    kim.get_by_role("button", name="Assign", exact=True).click()
    assert 200 == jess.goto("/office/messages/jobs/1003").status
    expect(jess.locator(".jt-bubble", has_text="About J-1003.")).to_be_visible()

    kim.get_by_role("button", name="Unassign Jess Moana").click()
    assert 404 == jess.goto("/office/messages/jobs/1003").status


@SCRIPT
def test_the_client_portal_switch_closes_both_sides_and_opens_them_again(people: Any, script: bool) -> None:
    """M2: off, and inbox and portal say so at once, the mailed link too; on, and everything is back."""
    kim = people.staff("Kim Lee", script=script)
    start_conversation(kim, "Dana Reyes", "J-1001", script=script)
    write(kim, "See you on Monday.")
    link = mailed_link(people.nobody(script=script), "dana.reyes@mail.example")
    dana = people.client("Dana Reyes", script=script)
    expect(dana.get_by_role("heading", name="Your jobs and quotes")).to_be_visible()

    kim.goto("/settings")
    kim.get_by_role("switch", name="Client Portal").uncheck()
    kim.get_by_role("button", name="Save site").click()
    expect(kim.locator("#menu").get_by_role("link", name="Messages")).to_have_count(0)
    kim.goto("/office/messages/jobs/1001")
    expect(kim.get_by_text("Messages are off, because the Client Portal is off.")).to_be_visible()
    expect(kim.locator(".jt-bubble")).to_have_count(0)
    dana.goto("/portal/jobs/1001")
    expect(dana.get_by_text("The portal is closed just now.")).to_be_visible()
    expect(dana.locator(".jt-bubble")).to_have_count(0)
    stranger = people.nobody(script=script)
    stranger.goto(link)
    expect(stranger.get_by_text("The portal is closed just now.")).to_be_visible()

    kim.goto("/settings")
    kim.get_by_role("switch", name="Client Portal").check()
    kim.get_by_role("button", name="Save site").click()
    expect(kim.locator("#menu").get_by_role("link", name="Messages")).to_have_count(1)
    for page, address in ((kim, "/office/messages/jobs/1001"), (dana, "/portal/jobs/1001")):
        page.goto(address)
        expect(page.locator(".jt-bubble", has_text="See you on Monday.")).to_be_visible()
    stranger.goto(link)
    expect(stranger.get_by_role("button", name="Open")).to_be_visible()


@SCRIPT
def test_a_quote_is_offered_once_it_is_sent_to_the_portal(people: Any, script: bool) -> None:
    """M4, M11: an unsent quote is neither offered nor in the portal; sent it is both; taken back it is gone."""
    kim, beth = people.staff("Kim Lee", script=script), people.client("Beth Ormond", script=script)

    def offered() -> list[str]:
        kim.goto("/office/messages/new")
        kim.get_by_label("Client", exact=True).select_option(label="Beth Ormond")
        if not script:
            kim.get_by_role("button", name="Show jobs and quotes").click()
        expect(kim.get_by_label("Job or quote").locator("option", has_text="J-1004")).to_have_count(1)
        return [text.split()[0] for text in kim.get_by_label("Job or quote").locator("option").all_inner_texts()[1:]]

    def listed() -> list[str]:
        beth.goto("/portal/")
        return [text.split()[-1] for text in beth.locator(".jt-record-reference").all_inner_texts()]

    assert (["J-1004"], ["J-1004"]) == (offered(), listed())
    assert 404 == beth.goto("/portal/quotes/2004").status

    kim.goto("/quotes/2004")
    kim.get_by_role("button", name="Send quote to portal").click()
    assert (["J-1004", "Q-2004"], ["J-1004", "Q-2004"]) == (offered(), listed())

    kim.goto("/quotes/2004")
    kim.get_by_role("button", name="Take back from portal").click()
    assert (["J-1004"], ["J-1004"]) == (offered(), listed())


@SCRIPT
def test_a_status_and_a_form_land_in_the_feed_beside_notes_and_replies(people: Any, script: bool) -> None:
    """J1, J2, J3: the Activity tab holds everything with its chip; of it the client sees the reply alone."""
    kim = people.staff("Kim Lee", script=script)
    kim.goto("/jobs/1001")
    kim.get_by_role("combobox", name="Status").select_option("Completed")
    kim.get_by_role("button", name="Change status").click()
    kim.get_by_label("Parking").fill("Side street")
    kim.get_by_role("button", name="Save Site visit").click()
    kim.get_by_role("link", name="Activity", exact=True).click()

    expect(kim.get_by_role("radio", name="Internal note")).to_be_checked()
    kim.locator(".jt-composer textarea").fill("Wants an upgrade later.")
    kim.get_by_role("button", name="Add note").click()
    expect(kim.locator(".jt-entry", has_text="Wants an upgrade later.")).to_have_count(1)
    kim.get_by_text("Customer reply", exact=True).click()
    kim.locator(".jt-composer textarea").fill("All finished.")
    kim.get_by_role("button", name="Send Reply").click()
    expect(kim.locator(".jt-entry", has_text="All finished.")).to_have_count(1)

    chips = [
        (" ".join(entry.locator(".jt-entry-main").inner_text().split()), entry.locator(".jt-chip").inner_text())
        for entry in kim.locator(".jt-entry").all()
    ]
    assert ["Visible", "Internal", "Internal", "Internal"] == [chip for _, chip in chips]
    assert "All finished." in chips[0][0]
    assert "Wants an upgrade later." in chips[1][0]
    assert "Site visit" in chips[2][0]
    assert "Side street" in chips[2][0]
    assert "Completed" in chips[3][0]

    dana = people.client("Dana Reyes", script=script)
    dana.goto("/portal/jobs/1001")
    assert ["All finished."] == dana.locator(".jt-line").locator(".jt-text").all_inner_texts()
    assert "upgrade" not in dana.content()


def test_no_mail_goes_out_when_the_client_is_not_to_be_notified(people: Any) -> None:
    """M6: Customer profile → Notifications → "Notify on replies" off, and the mailbox stays without that reply."""
    kim = people.staff("Kim Lee")
    kim.goto("/clients/c1")
    kim.get_by_role("switch", name="Notify on replies").uncheck()
    kim.get_by_role("button", name="Save notifications").click()
    start_conversation(kim, "Dana Reyes", "J-1001")
    write(kim, "Nobody is told of this.")
    start_conversation(kim, "Amir Haddad", "J-1003")
    write(kim, "Amir is.")
    mailed_link(kim, "amir.haddad@mail.example")
    kim.goto("/mailbox")
    expect(kim.locator("a.row")).to_have_count(1)


def test_a_busy_business_stands_at_the_first_start(busy_tradebook: Any, chromium: Any) -> None:
    """The first start fills the data, and the first page is full of conversations."""
    with busy_tradebook() as app, chromium.new_context(base_url=app.address) as context:
        page = context.new_page()
        page.goto("/")
        page.get_by_role("button", name="Kim Lee").click()
        page.get_by_role("link", name=re.compile("Messages 4 unread")).click()
        expect(page.locator(".jt-thread-row")).to_have_count(50)
        expect(page.locator(".jt-thread-row.jt-unread")).to_have_count(4)
