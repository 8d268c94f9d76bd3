"""Who may connect to the bus and what for, as the operator signs it; that the server agrees is in tests/system/bus."""

import base64
import json
from fnmatch import fnmatchcase

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deploy.accounts import Accounts
from deploy.nats_config import Place, render, service_permissions
from shared.nkeys import KeyPair, opened, sign_in
from shared.streams import SERVICES, all_streams

KINDS = st.sampled_from(["operator", "account", "user"])


@given(KINDS, st.binary(min_size=32, max_size=32))
def test_a_key_is_what_its_seed_says(kind, secret):
    """Fails where the kind is a byte of its own: the server, and every other tool, packs it into two."""
    key = KeyPair(kind, secret)
    assert KeyPair.of_seed(key.seed) == key
    assert (key.seed[:2], key.public[0]) == (f"S{kind[0].upper()}", kind[0].upper())


@given(st.text(max_size=80))
def test_what_is_no_seed_is_refused(text):
    """Fails where the length is not looked at: what is too short raises something else, which nobody expects."""
    with pytest.raises(ValueError, match=r"not the seed|ASCII|base32|padding|Non-base32"):
        KeyPair.of_seed(text)


def test_a_seed_with_a_letter_changed_is_refused():
    """Fails where the check sum is not compared: any letter makes another key, which then nobody knows."""
    seed = KeyPair("user", b"k" * 32).seed
    with pytest.raises(ValueError, match="not the seed"):
        KeyPair.of_seed(seed[:20] + ("A" if seed[20] != "A" else "B") + seed[21:])


def test_a_file_that_is_no_login_is_refused():
    """Fails where the parts are not counted: whoever names a wrong file would read a traceback."""
    with pytest.raises(ValueError, match=r"not a \.creds file"):
        sign_in("-----BEGIN NATS USER JWT-----\nabc\n------END NATS USER JWT------\n")


def test_a_new_installation_has_its_partners_and_an_old_one_those_that_it_kept(tmp_path):
    """Fails where whoever the settings name is brought about: whose account was taken away would get a new one."""
    accounts = Accounts(tmp_path)
    accounts.bring_about(("roads", "culture"))
    assert accounts.partners == ("culture", "roads")
    accounts.remove("roads")
    accounts.add("parks")
    Accounts(tmp_path).bring_about(("roads", "culture"))
    assert Accounts(tmp_path).partners == ("culture", "parks")
    assert len(list((tmp_path / "nats" / "accounts").glob("*.jwt"))) == 4
    assert {file.name for file in (tmp_path / "partners").iterdir()} == {"culture.creds", "parks.creds"}


def test_a_partner_that_comes_again_after_it_was_taken_away_has_another_key(tmp_path):
    """Fails where the key is kept: the logins that were revoked would hold again."""
    accounts = Accounts(tmp_path)
    accounts.bring_about(("roads",))
    before = claims(accounts.add("roads"))["sub"]
    assert claims(accounts.add("roads"))["sub"] == before
    accounts.remove("roads")
    assert claims(accounts.add("roads"))["sub"] != before


def test_a_login_that_is_written_again_keeps_its_key_and_gets_what_it_may_now(tmp_path):
    """Fails where every start makes a new key: a copy of the login, as in a container, would hold no more."""
    accounts = Accounts(tmp_path)
    accounts.bring_about(())
    file = tmp_path / "map.creds"
    file.write_text(accounts.creds("map", before=file))
    assert opened(accounts.creds("map", before=file))[1] == opened(file.read_text())[1]
    assert claims(opened(file.read_text())[0])["nats"]["pub"] == service_permissions("map")["pub"]


def test_a_partner_has_its_own_doors_and_nothing_else(tmp_path):
    """Fails where the doors of all are imported, or where an account may have a store."""
    accounts = Accounts(tmp_path)
    accounts.bring_about(())
    nats = claims(accounts.add("roads"))["nats"]
    assert {one["local_subject"] for one in nats["imports"]} == {
        "municipal.roads.*.>",
        "municipal.roads.submit",
        "municipal.roads.rejected.>",
    }
    assert all(".roads." in one["subject"] for one in nats["imports"])
    assert "mem_storage" not in nats["limits"]


def test_only_those_who_need_it_may_read_people():
    """Fails where the calendar, which may hear any stream, is denied none: it could read how to reach people."""
    for service in SERVICES:
        publish = service_permissions(service)["pub"]
        may = [f"$JS.API.CONSUMER.MSG.NEXT.{name}.{service}" for name in ("PEOPLE", "*")]
        allowed = any(subject in publish["allow"] for subject in may) and may[0] not in publish.get("deny", ())
        assert allowed == (service != "calendar"), service
        assert not [subject for subject in publish["allow"] if "STREAM.DELETE" in subject]


def test_of_people_the_map_may_read_public_contacts_alone_and_notifications_people_alone():
    """Fails where a reader may name any subject, or none, in what it asks the server for."""
    for service, read in {"map": "contacts", "notifications": "person"}.items():
        asked = [subject for subject in service_permissions(service)["pub"]["allow"] if ".PEOPLE" in subject]
        opening = [subject for subject in asked if ".CREATE.PEOPLE." in subject or ".DIRECT.GET." in subject]
        assert len(opening) == 3
        assert all(f".osiedle.people.{read}.changed.v1." in subject for subject in opening), service
        assert not [subject for subject in asked if "PURGE" in subject or "MSG.DELETE" in subject]


def test_who_is_invited_is_told_by_the_calendar_and_read_by_notifications_alone():
    """Fails where a stream of state is everybody's: guests have names and addresses."""
    for service in SERVICES:
        publish = service_permissions(service)["pub"]["allow"]
        asked = [subject for subject in publish if ".INVITED" in subject and "STREAM." not in subject]
        assert bool(asked) == (service in ("calendar", "notifications")), service
        writes = {"osiedle.invited.>", "$JS.API.STREAM.PURGE.INVITED", "$JS.API.STREAM.MSG.DELETE.INVITED"}
        assert writes.intersection(publish) == (writes if service == "calendar" else set())
        opening = [subject for subject in asked if ".CREATE.INVITED." in subject or ".DIRECT.GET." in subject]
        if service == "notifications":
            assert all(".osiedle.invited.invitation.changed.v1." in subject for subject in opening)


def test_a_stream_is_changed_by_whose_it_is_alone():
    """Fails where the calendar, which may change the stream of any partner, is denied none of others."""
    own = {"registry": {"REGISTRY", "PEOPLE"}, "calendar": {"CALENDAR", "INVITED"}}
    for service in SERVICES:
        publish = service_permissions(service)["pub"]
        changed = set()
        for name in all_streams(()):
            asked = f"$JS.API.STREAM.UPDATE.{name}"
            if any(fnmatchcase(asked, one) for one in publish["allow"]) and asked not in publish.get("deny", ()):
                changed.add(name)
        assert changed == own.get(service, {service.upper()})


def test_nobody_but_the_calendar_reads_what_partners_say():
    """Fails where every service has the same permissions."""
    for service in SERVICES:
        text = json.dumps(service_permissions(service))
        assert ("osiedle.door" in text) == (service == "calendar")
        assert "MUNICIPAL" not in text


def test_what_is_acknowledged_is_written():
    """Fails with the server's default, which writes up to two minutes after it acknowledged."""
    assert "sync_interval: always" in render(Place("/store", "/accounts", "127.0.0.1:0", "127.0.0.1:0"), "O", "A")


def claims(token):
    body = token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
