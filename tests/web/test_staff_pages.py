"""The staff's pages, through every framework."""

from __future__ import annotations

import io

import pytest
from attrs import evolve

from jobthreads import AccessPolicy, EntryKind, FieldStaff, Scope
from tests.web.conftest import DANA, JOB, KIM, QUOTE, SAME_SITE, UNSENT, Build, World, hidden

CONVERSATION = "/office/messages/jobs/1042"
ACTIVITY = "/office/jobs/1042/activity"


def test_a_conversation_starts_in_two_steps(world: World) -> None:
    """M4: choose a client, then one of their records; Confirm opens the thread. It works without a script."""
    first = world.kim.get("/office/messages/new").text
    assert "Dana Reyes" in first
    second = world.kim.get("/office/messages/new?client=c1").text
    assert '<option value="job:1042">J-1042 Kitchen rewire</option>' in second
    assert "Q-88" in second
    opened = world.kim.post("/office/messages/new", client="c1", scope="job:1042")
    assert (303, CONVERSATION) == (opened.status_code, opened.location)
    assert [JOB.scope] == [row.scope for row in world.threads.staff.inbox(KIM).items]


def test_an_unsent_quote_is_not_offered_and_the_page_says_why(world: World) -> None:
    """M4, M10: a quote stands there only once it has been sent to the portal."""
    page = world.kim.get("/office/messages/new?client=c1").text
    assert "Q-89" not in page
    assert "Quotes appear here once they are sent to the portal" in page


@pytest.mark.parametrize(
    ("client", "scope", "status", "words"),
    [
        ("c2", "job:1042", 422, "does not belong to the chosen client"),
        ("c1", "quote:89", 409, "has not been sent to the Client Portal"),
        ("c1", "", 422, "No job or quote is chosen"),
        ("c1", "job:none", 404, "There is nothing here"),
    ],
)
def test_a_refused_start_says_why_and_keeps_the_choice(
    world: World, client: str, scope: str, status: int, words: str
) -> None:
    """M4, S6: the reason stands in place, the client stays chosen, and nothing is started."""
    answer = world.kim.post("/office/messages/new", client=client, scope=scope)
    assert status == answer.status_code
    assert words in answer.text
    assert f'<option value="{client}" selected>' in answer.text
    assert () == world.threads.staff.inbox(KIM).items


def test_a_reply_is_sent_once_and_shown(talking: World) -> None:
    """M6, S4: the form answers 303, and sending the same form again stores nothing more."""
    page = talking.kim.get(CONVERSATION).text
    form = {"text": "See you.", "request_id": hidden(page, "request_id"), "if_seen": hidden(page, "if_seen")}
    for _ in range(2):
        answer = talking.kim.post(f"{CONVERSATION}/replies", **form)
        assert (303, CONVERSATION) == (answer.status_code, answer.location)
    bodies = [entry.body for entry in talking.threads.staff.conversation(KIM, JOB.scope).entries.items]
    assert ["See you.", "Friday is fine.", "We can start on Friday."] == bodies
    assert "See you." in talking.kim.get(CONVERSATION).text


@pytest.mark.parametrize(
    ("text", "status", "words"),
    [
        ("   ", 422, "The message is empty."),
        ("x" * 10_001, 422, "The message has 10,001 characters"),
        ("bell \a", 422, "signs that cannot be shown"),
    ],
)
def test_a_refused_reply_stays_in_its_box(talking: World, text: str, status: int, words: str) -> None:
    """S6: a refused text says what is wrong, changes nothing, and is still there."""
    answer = talking.kim.post(f"{CONVERSATION}/replies", text=text, request_id="again")
    assert status == answer.status_code
    assert words in answer.text
    assert text in answer.text
    assert "again" == hidden(answer.text, "request_id")
    assert 2 == len(talking.threads.staff.conversation(KIM, JOB.scope).entries.items)


def test_a_used_request_id_is_replaced(talking: World) -> None:
    """S4: other content under the same id is refused, and the page brings a fresh one for the next attempt."""
    talking.kim.post(f"{CONVERSATION}/replies", text="One.", request_id="same")
    answer = talking.kim.post(f"{CONVERSATION}/replies", text="Two.", request_id="same")
    assert 409 == answer.status_code
    assert "Two." in answer.text
    assert "same" != hidden(answer.text, "request_id")


def test_a_reply_waits_when_the_client_wrote_meanwhile(talking: World) -> None:
    """Design §2: if_seen refuses with what came, shows it, and the same form then goes."""
    page = talking.kim.get(CONVERSATION).text
    talking.threads.portal.reply(DANA, JOB.scope, "Wait, Monday!")
    answer = talking.kim.post(f"{CONVERSATION}/replies", text="Friday then.", if_seen=hidden(page, "if_seen"))
    assert 409 == answer.status_code
    assert "Wait, Monday!" in answer.text
    assert "Friday then." in answer.text
    again = talking.kim.post(f"{CONVERSATION}/replies", text="Friday then.", if_seen=hidden(answer.text, "if_seen"))
    assert 303 == again.status_code


@pytest.mark.parametrize(
    "address", [f"{CONVERSATION}/replies", "/office/messages/quotes/88/replies", "/office/jobs/1042/entries"]
)
def test_a_file_is_refused_in_words(talking: World, address: str) -> None:
    """M5: a file sent to a composer is refused, nothing is stored, and the text is kept."""
    before = talking.threads.staff.feed(KIM, JOB.scope)
    data = {"text": "See plan.", "visibility": "visible", "photo": (io.BytesIO(b"x"), "plan.pdf")}
    answer = talking.browser("kim").post(address, data=data, headers=SAME_SITE)
    assert 422 == answer.status_code
    assert "Messages are text only; the file was not stored." in answer.text
    assert "For a quote, send the file by e-mail." in answer.text
    assert "See plan." in answer.text
    assert before == talking.threads.staff.feed(KIM, JOB.scope)


def test_a_large_file_is_refused_in_the_same_words(talking: World) -> None:
    """M5: a photo as phones make it is read, refused in words, and not kept anywhere."""
    parts = (
        b'--b\r\nContent-Disposition: form-data; name="text"\r\n\r\nSee plan.\r\n',
        b'--b\r\nContent-Disposition: form-data; name="photo"; filename="site.jpg"\r\n\r\n',
        b"x" * 2_000_000,
        b"\r\n--b--\r\n",
    )
    answer = talking.browser("kim").post(
        f"{CONVERSATION}/replies",
        data=b"".join(parts),
        content_type="multipart/form-data; boundary=b",
        headers=SAME_SITE,
    )
    assert 422 == answer.status_code
    assert "See plan." in answer.text


def test_a_file_to_someone_elses_thread_is_not_found(talking: World) -> None:
    """S2: access is judged first, so a file tells nothing of a thread out of reach."""
    data = {"text": "See plan.", "photo": (io.BytesIO(b"x"), "plan.pdf")}
    answer = talking.browser("rival").post(f"{CONVERSATION}/replies", data=data, headers=SAME_SITE)
    assert 404 == answer.status_code
    assert "See plan." in answer.text


def test_more_than_any_message_is_refused_cleanly(talking: World) -> None:
    """Security: the adapter limits a body itself, and says so."""
    answer = talking.kim.post(f"{CONVERSATION}/replies", text="x" * 600_000)
    assert 413 == answer.status_code
    assert "more than can be sent at once" in answer.text
    many = talking.browser("kim").post(
        f"{CONVERSATION}/replies",
        data={f"f{number}": "x" for number in range(200)},
        content_type="multipart/form-data",
        headers=SAME_SITE,
    )
    assert 413 == many.status_code


def test_opening_a_conversation_clears_the_bell(talking: World) -> None:
    """J10: a full page GET moves the reader's mark; "New" stands where the unread begins."""
    assert 1 == talking.threads.bell.unread(KIM)
    assert '<li class="jt-new">' in talking.kim.get(CONVERSATION).text
    assert 0 == talking.threads.bell.unread(KIM)
    assert '<li class="jt-new">' not in talking.kim.get(CONVERSATION).text


@pytest.mark.parametrize(
    "headers",
    [{"Jobthreads_Fragment": "1"}, {"Sec_Purpose": "prefetch"}, {"Sec_Purpose": "prefetch;prerender"}],
)
def test_nothing_but_a_persons_look_moves_a_mark(talking: World, headers: dict[str, str]) -> None:
    """Design §5: a refresh and a prefetch change nothing."""
    assert 200 == talking.kim.get(CONVERSATION, **headers).status_code
    assert 1 == talking.threads.bell.unread(KIM)


def test_a_fragment_answers_304_until_something_changes(talking: World) -> None:
    """Design §5: the refresh of a page carries an ETag of what it shows, and no shell."""
    first = talking.kim.get(CONVERSATION, Jobthreads_Fragment="1")
    assert "<html" not in first.text
    tag = first.headers["ETag"]
    assert 304 == talking.kim.get(CONVERSATION, Jobthreads_Fragment="1", If_None_Match=tag).status_code
    talking.threads.portal.reply(DANA, JOB.scope, "One more thing.")
    assert 200 == talking.kim.get(CONVERSATION, Jobthreads_Fragment="1", If_None_Match=tag).status_code
    assert "ETag" not in talking.kim.get(CONVERSATION).headers


def test_the_bell_lists_and_links(talking: World) -> None:
    """J10: one line per thread names the client, the record and what came."""
    page = talking.kim.get("/office/bell").text
    assert "Dana Reyes</span> replied on J-1042 Kitchen rewire" in page
    assert f'href="{CONVERSATION}"' in page
    assert "/office/bell" == talking.kim.post("/office/bell/read").location
    assert "Nothing new." in talking.kim.get("/office/bell").text


def test_the_inbox_pages_without_an_end(talking: World) -> None:
    """M7: the panel goes on by cursor, and can show the unread only."""
    talking.threads.staff.start(KIM, client_id="c1", scope=QUOTE.scope)
    first = talking.kim.get("/office/messages?limit=1").text
    assert "Q-88" in first
    assert "J-1042" not in first
    older = first.split('href="/office/messages?limit=1&amp;cursor=')[1].split('"')[0]
    second = talking.kim.get(f"/office/messages?limit=1&cursor={older}").text
    assert "J-1042" in second
    unread = talking.kim.get("/office/messages?unread=1").text
    assert "J-1042" in unread
    assert "Q-88" not in unread


def test_writing_on_a_job_says_for_whom(talking: World) -> None:
    """J2: a note or a reply, as chosen; without a choice nothing is stored and the text is kept."""
    answer = talking.kim.post("/office/jobs/1042/entries", text="For whom?")
    assert 422 == answer.status_code
    assert "It is not said who this is for." in answer.text
    assert "For whom?" in answer.text
    for visibility in ("internal", "visible"):
        sent = talking.kim.post("/office/jobs/1042/entries", text=f"{visibility} one", visibility=visibility)
        assert (303, ACTIVITY) == (sent.status_code, sent.location)
    kinds = [entry.kind for entry in talking.threads.staff.feed(KIM, JOB.scope, limit=2).items]
    assert [EntryKind.REPLY, EntryKind.NOTE] == kinds


def test_a_refused_entry_keeps_its_tab(talking: World) -> None:
    """S6: the chosen tab and the text stay."""
    answer = talking.kim.post("/office/jobs/1042/entries", text=" ", visibility="visible")
    assert 422 == answer.status_code
    assert 'value="visible" id="jt-tab-visible" required checked' in answer.text


def test_the_feed_shows_chips_badges_and_verbs(talking: World) -> None:
    """J1, J2, J8: each kind has its verb, each entry its chip, the client's a badge."""
    talking.threads.record.status_changed("acme", JOB.scope, old="Quoted", new="Booked", by=KIM)
    talking.threads.record.form_saved("acme", JOB.scope, form="Site checklist", changes={"Ladder": "yes"})
    page = " ".join(talking.kim.get(ACTIVITY).text.split())
    assert '<span class="jt-name" dir="auto">Kim Lee</span> changed status from Quoted to Booked' in page
    assert "Saved Site checklist" in page
    assert '<dt dir="auto">Ladder</dt>' in page
    page = page.partition("jt-feed-list")[2]
    assert 1 == page.count("From customer")
    assert 3 == page.count("</svg>Internal</span>")
    assert 2 == page.count("</svg>Visible</span>")


def test_the_feed_filters_by_type_and_author_at_once(talking: World) -> None:
    """J11: the choice is in the address, shown, and removable."""
    page = talking.kim.get(f"{ACTIVITY}?type=reply&author=client:c1").text
    assert "Friday is fine." in page
    assert "We can start on Friday." not in page
    assert "Wants an upgrade later." not in page
    assert f'href="{ACTIVITY}?author=client%3Ac1">Replies' in page
    assert f'href="{ACTIVITY}?type=reply">By Dana Reyes' in page
    assert 422 == talking.kim.get(f"{ACTIVITY}?type=gossip").status_code
    assert 422 == talking.kim.get(f"{ACTIVITY}?author=nobody").status_code


def test_the_feed_marks_nothing_read(talking: World) -> None:
    """Design §5: only a conversation's page moves the mark."""
    talking.kim.get(ACTIVITY)
    assert 1 == talking.threads.bell.unread(KIM)


def test_starting_again_opens_the_one_there_is(talking: World) -> None:
    """M1: one record has one thread, however often and from wherever it is started."""
    page = talking.kim.post("/office/messages/new", client="c1", scope="job:1042")
    api = talking.kim.send("/office/api/messages/new", {"client": "c1", "scope": "job:1042"})
    assert (303, CONVERSATION, 201) == (page.status_code, page.location, api.status_code)
    rows = talking.kim.get("/office/api/messages").json["items"]
    assert ["job:1042"] == [row["scope"] for row in rows]
    assert "Friday is fine." in talking.kim.get(CONVERSATION).text


def test_what_the_client_writes_is_unread_for_those_who_can_see_it(talking: World) -> None:
    """M8: a reply is unread for all in reach; a note and staff's own replies are not, and writing reads nothing."""

    def unread(who: str) -> int:
        return int(talking.browser(who).get("/office/api/bell").json["unread"])

    assert (1, 1, 0) == (unread("kim"), unread("terry"), unread("rival"))
    talking.kim.post("/office/jobs/1042/entries", text="Noted.", visibility="internal")
    talking.kim.post("/office/jobs/1042/entries", text="Told.", visibility="visible")
    talking.dana.post("/portal/quotes/88/replies", text="And the deck?")
    assert (2, 1, 0) == (unread("kim"), unread("terry"), unread("rival"))


def test_history_outlives_its_record(talking: World) -> None:
    """M9: renamed, it reads with its new name; gone, the office reads it under its last, and nobody writes there."""
    talking.directory.put(evolve(JOB, title="Kitchen, again"))
    page = talking.kim.get(CONVERSATION).text
    assert "Kitchen, again" in page
    assert page.rindex("We can start on Friday.") < page.rindex("Friday is fine.")
    talking.directory.remove(JOB)
    page = talking.kim.get(CONVERSATION).text
    assert "J-1042" in page
    assert "Friday is fine." in page
    assert '<form class="jt-composer' not in page
    refused = talking.kim.post(f"{CONVERSATION}/replies", text="Anyone?")
    assert 403 == refused.status_code
    assert "Anyone?" in refused.text
    assert 404 == talking.terry.get(CONVERSATION).status_code
    assert 404 == talking.dana.get("/portal/jobs/1042").status_code


def test_a_tradie_sees_and_does_not_write(talking: World) -> None:
    """M3: the assigned job's thread, internal entries included, no composer; a quote is not there."""
    assert "Friday is fine." in talking.terry.get(CONVERSATION).text
    assert "Wants an upgrade later." in talking.terry.get(ACTIVITY).text
    assert '<form class="jt-composer' not in talking.terry.get(ACTIVITY).text
    refused = talking.terry.post(f"{CONVERSATION}/replies", text="Let me.")
    assert 403 == refused.status_code
    assert "Let me." in refused.text
    assert 404 == talking.terry.get("/office/messages/quotes/88").status_code
    assert 403 == talking.terry.get("/office/messages/new").status_code
    assert "New conversation" not in talking.terry.get("/office/messages").text


def test_a_tradie_who_may_note_has_that_tab_only(build: Build) -> None:
    """M3: `field_staff` decides what a field role may write."""
    world = build(access=AccessPolicy(field_staff=FieldStaff.NOTE))
    page = world.terry.get(ACTIVITY).text
    assert 'value="internal" id="jt-tab-internal" required checked>' in page
    assert 'value="visible" id="jt-tab-visible" required disabled>' in page


def test_with_the_portal_off_messages_say_so_and_the_feed_goes_on(talking: World) -> None:
    """M2, M10: the reason and the way to switch it on; the text that was on its way is kept."""
    talking.switch_portal(on=False)
    page = talking.kim.get("/office/messages")
    assert 403 == page.status_code
    assert "Switch the Client Portal on in Business Settings → Site." in page.text
    assert 'href="/office/messages"' not in page.text
    refused = talking.kim.post(f"{CONVERSATION}/replies", text="Still there?")
    assert 403 == refused.status_code
    assert "Still there?" in refused.text
    assert "Wants an upgrade later." in talking.kim.get(ACTIVITY).text
    talking.switch_portal(on=True)
    assert "Friday is fine." in talking.kim.get(CONVERSATION).text


def test_a_quote_taken_back_closes_its_composer(talking: World) -> None:
    """M4: nothing is sent on a quote that is no longer sent; its history stays."""
    talking.threads.staff.reply(KIM, QUOTE.scope, "Here is the quote.")
    talking.directory.put(evolve(QUOTE, sent_to_portal=False))
    page = talking.kim.get("/office/messages/quotes/88").text
    assert "Here is the quote." in page
    assert '<form class="jt-composer' not in page
    assert "Send the quote to the portal first" in page
    assert UNSENT.sent_to_portal is False


def test_a_text_is_shown_as_text(talking: World) -> None:
    """Security: what people type is escaped; web addresses are live and tell nobody where from."""
    talking.threads.portal.reply(DANA, JOB.scope, "<script>x</script> see https://x.example/a.\nBye")
    page = talking.kim.get(CONVERSATION).text
    assert "<script>x" not in page
    assert '<a href="https://x.example/a" rel="noopener noreferrer nofollow" target="_blank">' in page
    assert "</a>.<br>\nBye" in page


def test_an_id_that_can_name_no_record_is_not_found(world: World) -> None:
    """S2: an address with an impossible id is the same answer."""
    for address in ("/office/messages/jobs/%20", "/office/messages/jobs/%00", "/office/messages/jobs/..%5C"):
        assert 404 == world.kim.get(address).status_code


def test_ids_are_carried_through_addresses(world: World) -> None:
    """Design §2: host ids are percent-encoded in addresses, whatever signs they hold."""
    odd = evolve(JOB, id="a?b#c%41é;d&e")
    world.directory.put(odd)
    opened = world.kim.post("/office/messages/new", client="c1", scope=str(odd.scope))
    assert "/office/messages/jobs/a%3Fb%23c%2541%C3%A9%3Bd%26e" == opened.location
    assert 200 == world.kim.get(opened.location).status_code
    assert [Scope.job("a?b#c%41é;d&e")] == [row.scope for row in world.threads.staff.inbox(KIM).items]
