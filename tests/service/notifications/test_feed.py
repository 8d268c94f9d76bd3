"""The private feed: one's own alerts alone, at an address that is made, shown once, and ended by its owner."""

import re
from datetime import datetime
from xml.etree import ElementTree

import pytest

from shared.identifiers import new_id
from shared.messages.registry import PersonErased
from shared.people import Person
from tests.service.notifications.builders import a_conflict, a_person_of, an_organisation

ATOM = "{http://www.w3.org/2005/Atom}"
CHANNELS = "/notifications/settings/channels"


@pytest.fixture
async def anna(service_running):
    organisation = an_organisation(name="Klub <Seniora> & Spółka")
    told = a_person_of(organisation.id)
    await service_running.deliver(organisation, told)
    return Person(id=told.id, roles={organisation.id: "coordinator"})


async def made(service_running, person):
    async with service_running.browser(person) as browser:
        page = await browser.post(f"{CHANNELS}/feed")
        again = await browser.get(CHANNELS)
    assert page.status_code == 200
    address = re.search(r'value="http://osiedle\.test(/notifications/feed/osk_[0-9a-f]+_[0-9a-f]+\.atom)"', page.text)[
        1
    ]
    assert address not in again.text
    return address


def entries_of(answer):
    """Parse a feed, and check what RFC 4287 §4.1.1 and §4.1.2 ask of it."""
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"].startswith("application/atom+xml")
    feed = ElementTree.fromstring(answer.content)
    for element in (feed, *feed.findall(f"{ATOM}entry")):
        for name in ("id", "title", "updated"):
            assert len(element.findall(f"{ATOM}{name}")) == 1, name
            assert element.findtext(f"{ATOM}{name}")
        assert datetime.fromisoformat(element.findtext(f"{ATOM}updated")).tzinfo is not None
        assert re.fullmatch(r"urn:uuid:[0-9a-f-]{36}", element.findtext(f"{ATOM}id"))
        assert all(link.get("href").startswith("http://osiedle.test/") for link in element.findall(f"{ATOM}link"))
    assert feed.find(f"{ATOM}author/{ATOM}name") is not None
    assert [link.get("rel") for link in feed.findall(f"{ATOM}link")] == ["self", "alternate"]
    return feed.findall(f"{ATOM}entry")


async def test_a_feed_reader_gets_ones_own_alerts_and_304_while_there_are_no_others(service_running, anna):
    address = await made(service_running, anna)
    organisation_id = next(iter(anna.roles))
    get = service_running.client.get
    assert entries_of(await get(address)) == []
    title = "Bal & <tańce>\x0b"
    await service_running.deliver(
        a_conflict(organisation_ids=(organisation_id,), event_titles=(title, "Koncert")),
        a_conflict(organisation_ids=(new_id(),), event_titles=("Cudze", "Obce")),
    )

    answer = await get(address, headers={"Accept-Language": "en"})
    same = await get(address, headers={"If-None-Match": answer.headers["etag"]})
    [entry] = entries_of(answer)
    await service_running.deliver(a_conflict(organisation_ids=(organisation_id,)))
    newer = await get(address, headers={"If-None-Match": answer.headers["etag"]})

    assert "Bal & <tańce>" in entry.findtext(f"{ATOM}title")
    assert entry.findtext(f"{ATOM}title").startswith("Kolizja")  # their own language, whatever the program asks
    assert "Kiedy: czwartek, 26 listopada 2026" in entry.findtext(f"{ATOM}content")
    assert (same.status_code, same.content) == (304, b"")
    assert len(entries_of(newer)) == 2
    assert answer.headers["cache-control"] == "private, no-cache"
    assert answer.headers["referrer-policy"] == "no-referrer"


async def test_a_new_address_ends_the_old_one_and_an_ended_one_was_never_there(service_running, anna):
    first, second = await made(service_running, anna), await made(service_running, anna)
    get = service_running.client.get
    statuses = [
        (await get(one)).status_code for one in (first, second, second[:-7] + "0.atom", "/notifications/feed/x.atom")
    ]
    async with service_running.browser(anna) as browser:
        ended = await browser.post(f"{CHANNELS}/feed/end")

    assert statuses == [404, 200, 404, 404] or second[-6] == "0"
    assert ended.status_code == 303
    assert (await get(second)).status_code == 404
    assert await service_running.rows("alert_feed") == []


async def test_the_secret_is_kept_as_a_hash_and_goes_with_the_person(service_running, anna):
    address = await made(service_running, anna)
    [row] = await service_running.rows("alert_feed")
    assert row.secret_hash not in address
    await service_running.deliver(PersonErased(id=anna.id, version=2))
    assert (await service_running.client.get(address)).status_code == 404
    assert await service_running.rows("alert_feed") == []


async def test_who_left_an_institution_reads_no_more_of_what_it_is_told(service_running, anna):
    address = await made(service_running, anna)
    await service_running.deliver(a_person_of(id=anna.id, version=2))
    await service_running.deliver(a_conflict(organisation_ids=(next(iter(anna.roles)),)))
    assert entries_of(await service_running.client.get(address)) == []
