"""The subject's own link: see what is held, correct, take back, take along, erase; without an account, and noted."""

import csv
import io
import json
import re
from datetime import timedelta

import pytest
from icalendar.parser import Contentlines

from services.registry import commands
from services.registry.domain.own_data import HeldContact, OwnData
from services.registry.domain.vcards import vcard_of
from shared import auth, clock
from shared.spreadsheets import original
from tests.builders import a_coordinator, a_person, an_administrator
from tests.service.registry.builders import API, a_registered_person, an_organisation

NAME = "Bronisława „Bronia” Łęcka; z d. Żak, lat 71"
EMAIL = "bronislawa@poczta.example.pl"
CONTACTS = [
    {"kind": "email", "value": EMAIL, "visibility": "partners", "purpose": "W sprawie festynu"},
    {"kind": "phone", "value": "+48 601 777 333", "label": "wieczorem", "visibility": "private"},
    {"kind": "address", "value": "ul. Łokietka 5/7, 31-279 Kraków; klatka B", "visibility": "private"},
]


@pytest.fixture
async def person(registry):
    organisation = await an_organisation(registry, name="Klub, Seniora; „Azory”")
    return await a_registered_person(registry, organisation["id"], name=NAME, contacts=CONTACTS)


async def key_for(registry, person, **values):
    return await registry.database.write(commands.own_data_key, person_id=person["id"], **values)


@pytest.fixture
async def key(registry, person):
    return await key_for(registry, person)


@pytest.fixture
async def visitor(registry):
    async with registry.http(
        headers={"Accept": "text/html", "Sec-Fetch-Site": "same-origin", "Accept-Language": "en"}
    ) as client:
        yield client


def audit(rows):
    return [(row.action, row.by_person_id, row.by_service, row.reason) for row in rows]


async def test_the_link_shows_everything_in_plain_words(visitor, key):
    page = await visitor.get(f"/registry/own-data?key={key}")
    assert page.status_code == 200
    for words in ("Łęcka", EMAIL, "601 777 333", "Klub, Seniora", "coordinator", "W sprawie festynu", "Partners:"):
        assert words in page.text, words
    assert "your consent, which you can withdraw at any time" in page.text


async def test_it_speaks_polish_too(visitor, key):
    page = await visitor.get(f"/registry/own-data?key={key}", headers={"Accept-Language": "pl"})
    assert "Twoje dane" in page.text
    assert "Your data" not in page.text


async def test_the_key_goes_to_our_own_data_pages_alone(visitor, key):
    page = await visitor.get(f"/registry/own-data?key={key}")
    linked = re.findall(r'(?:href|action|src)="([^"]*)"', page.text)
    with_key = {address.partition("?")[0] for address in linked if key in address}
    own = {f"/{service}/own-data" for service in ("registry", "calendar", "map", "notifications")}
    assert with_key == own | {"/registry/own-data/export", "/registry/own-data/erase"}
    assert page.headers["cache-control"] == "private, no-store"
    assert page.headers["referrer-policy"] == "same-origin"
    assert "noindex" in page.headers["x-robots-tag"]


@pytest.mark.parametrize("seconds", [-60, 1])
async def test_a_link_that_is_over_asks_for_a_new_one(registry, visitor, person, seconds):
    over = await key_for(registry, person, lifetime=timedelta(seconds=seconds))
    page = await visitor.get(f"/registry/own-data?key={over}")
    assert page.status_code == (403 if seconds < 0 else 200)
    assert (NAME.split()[2][:5] in page.text) == (seconds > 0)
    assert ("Send me the link" in page.text) == (seconds < 0)


async def test_the_key_is_no_token_and_a_token_no_key(registry, visitor, key, person):
    answer = await registry.client.get(f"{API}/people", headers={"Authorization": f"Bearer {key}"})
    assert answer.status_code == 401
    async with registry.http(cookies={auth.TOKEN_COOKIE: key}) as client:
        assert (await client.get("/registry/account", headers={"Accept": "text/html"})).status_code == 401
    token = registry.token(a_person(id=person["id"]))
    assert (await visitor.get(f"/registry/own-data?key={token}")).status_code == 403


async def test_who_is_signed_in_needs_no_link(registry, person):
    async with registry.browser(a_person(id=person["id"], name=NAME)) as signed_in:
        page = await signed_in.get("/registry/own-data")
        assert "601 777 333" in page.text
        assert (await signed_in.get("/registry/own-data/export?kind=json")).json()["name"] == NAME
    program = await registry.client.get("/registry/own-data", headers=registry.headers(a_person(scopes=frozenset())))
    assert program.status_code in (401, 403, 404)


async def test_asking_for_the_link_is_answered_alike_whether_one_is_known(registry, visitor, person, tmp_path):
    answers = []
    for address in (EMAIL.upper(), "nikt@poczta.example.pl"):
        answer = await visitor.post("/registry/own-data/ask", data={"email": address})
        answers.append((answer.status_code, answer.text.replace(address, "…")))
    assert answers[0] == answers[1]
    assert len(await registry.rows("letter")) == 2
    await registry.run_job("send due letters")
    [letter] = [file.read_text() for file in (tmp_path / "mail").glob("*.eml")]
    assert f"X-Osiedle-Person: {person['id']}" in letter
    assert EMAIL in letter


async def test_nobody_is_flooded_with_letters(registry, visitor, person):
    for _ in range(6):
        await visitor.post("/registry/own-data/ask", data={"email": EMAIL})
    letters = await registry.rows("letter")
    assert len(letters) == 6
    assert len([one for one in letters if one.about_id == person["id"]]) == 3


async def test_what_is_no_address_is_said_at_once(visitor):
    answer = await visitor.post("/registry/own-data/ask", data={"email": "bronia"})
    assert answer.status_code == 422
    assert "Type your mail address" in answer.text


async def test_name_and_language_are_corrected(registry, visitor, key, person):
    answer = await visitor.post(
        "/registry/own-data/correct", data={"key": key, "version": 1, "name": " Bronisława Łęcka ", "language": "en"}
    )
    assert answer.status_code == 303
    page = await visitor.get(answer.headers["location"])
    assert "It is saved." in page.text
    [row] = [row for row in await registry.rows("person") if row.id == person["id"]]
    assert (row.name, row.language, row.version) == ("Bronisława Łęcka", "en", 2)
    late = await visitor.post("/registry/own-data/correct", data={"key": key, "version": 1, "name": "X"})
    assert "notice=changed" in late.headers["location"]
    empty = await visitor.post("/registry/own-data/correct", data={"key": key, "version": 2, "name": "  "})
    assert "notice=wrong" in empty.headers["location"]


async def test_a_contact_is_corrected_taken_back_and_deleted(registry, visitor, key, person):
    email, phone, address = (one["id"] for one in person["contacts"])
    post = visitor.post
    done = await post(
        f"/registry/own-data/contacts/{email}",
        data={"key": key, "version": 1, "do": "save", "value": "nowa@poczta.example.pl"},
    )
    assert "notice=saved" in done.headers["location"]
    wrong = await post(
        f"/registry/own-data/contacts/{email}", data={"key": key, "version": 2, "do": "save", "value": "nowa"}
    )
    assert "notice=wrong" in wrong.headers["location"]
    await post(f"/registry/own-data/contacts/{phone}", data={"key": key, "do": "withdraw"})
    await post(f"/registry/own-data/contacts/{address}", data={"key": key, "do": "remove"})
    rows = {row.id: row for row in await registry.rows("contact")}
    assert rows[email].value == "nowa@poczta.example.pl"
    assert rows[phone].withdrawn_at is not None
    assert address not in rows


async def test_nobody_changes_what_is_anothers(registry, visitor, key):
    other = await a_registered_person(registry, name="Zenon", contacts=[{"kind": "phone", "value": "+48 12 000 00 09"}])
    [contact] = other["contacts"]
    answer = await visitor.post(
        f"/registry/own-data/contacts/{contact['id']}", data={"key": key, "do": "remove", "version": 1}
    )
    assert answer.status_code == 404
    assert contact["id"] in {row.id for row in await registry.rows("contact")}


async def test_every_use_of_the_link_is_noted_by_nobody(registry, visitor, key, person):
    await visitor.get(f"/registry/own-data?key={key}")
    await visitor.get(f"/registry/own-data/export?kind=csv&key={key}")
    await visitor.post(
        f"/registry/own-data/contacts/{person['contacts'][1]['id']}", data={"key": key, "do": "withdraw"}
    )
    await visitor.post("/registry/own-data/correct", data={"key": key, "version": 1, "name": "Bronia"})
    noted = audit([row for row in await registry.rows("audit", order_by="position") if row.subject_id == person["id"]])
    assert noted[-4:] == [
        ("read", None, None, "GET /registry/own-data"),
        ("exported", None, None, "GET /registry/own-data/export"),
        ("withdrawn", None, None, "POST /registry/own-data/contacts/{contact_id}"),
        ("changed", None, None, "POST /registry/own-data/correct"),
    ]


async def test_who_looked_is_told_without_their_name(registry, visitor, key, person):
    async with registry.browser(an_administrator()) as boss:
        assert (await boss.get(f"/registry/people/{person['id']}")).status_code == 200
    page = await visitor.get(f"/registry/own-data?key={key}")
    assert "somebody who works here" in page.text
    assert "looked at" in page.text


async def test_everything_can_be_taken_along_as_json_and_csv(visitor, key):
    answer = await visitor.get(f"/registry/own-data/export?kind=json&key={key}")
    assert answer.headers["content-type"] == "application/json"
    assert "attachment" in answer.headers["content-disposition"]
    held = answer.json()
    assert (held["name"], held["service"], len(held["contacts"])) == (NAME, "registry", 3)
    assert held["contacts"][1]["value"] == "+48 601 777 333"
    answer = await visitor.get(f"/registry/own-data/export?kind=csv&key={key}")
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";"))
    assert rows[0] == ["part", "number", "field", "value"]
    table = {(part, number, field): original(value) for part, number, field, value in rows[1:]}
    assert table["person", "", "name"] == NAME
    assert table["contacts", "2", "value"] == "+48 601 777 333"
    assert (await visitor.get(f"/registry/own-data/export?kind=exe&key={key}")).status_code == 422


async def test_a_vcard_of_it_is_read_by_an_address_book(visitor, key):
    answer = await visitor.get(f"/registry/own-data/export?kind=vcf&key={key}")
    assert answer.headers["content-type"] == "text/vcard; charset=utf-8"
    lines = answer.content.split(b"\r\n")
    assert max(map(len, lines)) <= 75
    assert all(line.decode() for line in lines[:-1])
    card = {}
    for line in Contentlines.from_ical(answer.content.decode()):
        if line:
            name, parameters, _ = line.parts()
            card.setdefault(name, []).append((dict(parameters), line.partition(":")[2]))
    assert [value for _, value in card["VERSION"]] == ["4.0"]
    assert unescaped(card["FN"][0][1]) == NAME
    assert card["EMAIL"][0][1] == EMAIL
    assert card["TEL"][0] == ({"VALUE": "text"}, "+48 601 777 333")
    assert unescaped(parts_of(card["ADR"][0][1])[2]) == CONTACTS[2]["value"]
    assert unescaped(card["ORG"][0][1]) == "Klub, Seniora; „Azory”"


def test_a_vcard_survives_whatever_somebody_is_called():
    name = "Żółć\\n,;" * 30 + "\r\nEMAIL:evil@example.org\nX"
    now = clock.now()
    held = HeldContact("c", 1, "other", "Signal;", name, "private", "", "consent", None, None, None, now, True)
    data = OwnData("01912345-0000-7000-8000-000000000001", 1, name, "pl", False, False, now, None, contacts=(held,))
    card = vcard_of(data, now)
    assert b"\r\nEMAIL" not in card
    assert max(len(line) for line in card.split(b"\r\n")) <= 75
    unfolded = card.decode().replace("\r\n ", "")
    [written] = [line for line in unfolded.split("\r\n") if line.startswith("FN:")]
    assert unescaped(written.removeprefix("FN:")) == name.replace("\r\n", "\n")
    [written] = [line for line in unfolded.split("\r\n") if line.startswith("NOTE:")]
    assert unescaped(written.removeprefix("NOTE:")) == f"Signal;: {name}".replace("\r\n", "\n")


def unescaped(text):
    """Read a value as RFC 6350 §3.4 says."""
    return re.sub(r"\\(.)", lambda found: "\n" if found[1] in "nN" else found[1], text)


def parts_of(text):
    """Split a structured value at its semicolons that are not escaped (RFC 6350 §3.3)."""
    return re.split(r"(?<!\\);", text)


async def test_one_erases_oneself_in_two_steps_and_sees_how_far_it_is(registry, visitor, key, person):
    asked = await visitor.get(f"/registry/own-data/erase?key={key}")
    assert "What stays" in asked.text
    assert "You may want to take your data along first." in asked.text
    hasty = await visitor.post("/registry/own-data/erase", data={"key": key})
    assert hasty.status_code == 422
    assert "Tick the box first" in hasty.text
    done = await visitor.post("/registry/own-data/erase", data={"key": key, "sure": "yes"})
    assert done.headers["location"] == f"/registry/own-data/erasure/{person['id']}"
    report = await visitor.get(done.headers["location"])
    assert "not confirmed yet" in report.text
    assert NAME not in report.text
    assert (await visitor.get(f"/registry/own-data?key={key}")).status_code == 403
    [row] = [row for row in await registry.rows("person") if row.id == person["id"]]
    assert row.erased_at is not None
    last = (await registry.rows("audit", order_by="position"))[-1]
    assert (last.action, last.by_person_id, last.reason) == ("erased", None, "POST /registry/own-data/erase")


async def test_an_administrator_erases_somebody_on_their_page(registry, person):
    async with registry.browser(an_administrator()) as boss:
        page = await boss.get(f"/registry/people/{person['id']}")
        address = f"/registry/people/{person['id']}/erase"
        assert address in page.text
        asked = await boss.get(address, headers={"Accept-Language": "en"})
        assert asked.status_code == 200
        assert "take your data along" not in asked.text
        assert (await boss.post(address)).headers["location"] == address
        done = await boss.post(address, data={"sure": "yes"})
        assert (await boss.get(done.headers["location"])).status_code == 200
    async with registry.browser(a_coordinator()) as other:
        assert (await other.get(f"/registry/people/{person['id']}/erase")).status_code == 403


async def test_the_last_administrator_is_told_why_they_stay(registry, visitor):
    boss = await registry.database.write(lambda session: commands.ensure_administrator(session).id)
    key = await key_for(registry, {"id": boss})
    answer = await visitor.post("/registry/own-data/erase", data={"key": key, "sure": "yes"})
    assert answer.status_code == 409
    assert "Name another administrator first" in answer.text


async def test_who_has_no_mail_gets_the_link_on_paper(registry, visitor, person):
    organisation = await an_organisation(registry)
    registrant, other = (a_coordinator(organisation["id"]) for _ in range(2))
    body = {"name": "Zenon Bezmailowy", "memberships": [{"organisation_id": organisation["id"], "role": "member"}]}
    made = await registry.client.post(f"{API}/people", json=body, headers=registry.headers(registrant))
    path = f"/registry/people/{made.json()['id']}/own-data-link"
    for by, status in ((registrant, 200), (an_administrator(), 200), (other, 403)):
        async with registry.browser(by) as signed_in:
            page = await signed_in.post(path)
            assert page.status_code == status, by
            link = re.search(r"/registry/own-data\?key=[\w.-]+", page.text)
            assert (link is not None) == (status == 200)
            if link:
                assert "Zenon Bezmailowy" in (await visitor.get(link[0])).text
    async with registry.browser(a_coordinator(person["memberships"][0]["organisation_id"])) as signed_in:
        assert (await signed_in.post(f"/registry/people/{person['id']}/own-data-link")).status_code == 403


async def test_nothing_that_is_told_or_kept_has_the_key(registry, visitor, person):
    await visitor.post("/registry/own-data/ask", data={"email": EMAIL})
    await registry.run_job("send due letters")
    letters = json.dumps([str(row) for row in await registry.rows("letter")])
    assert "eyJ" not in letters
