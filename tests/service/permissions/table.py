"""Which rule each endpoint of each service has: a new endpoint needs one line here.

`"METHOD /path": rule`, where the rule is one of `rules.py`; `.sends(…)` (JSON), `.types(…)` (a form), `.uploads(…)`,
`.asks(…)` (query) say what is sent so that the door understands it. Names in braces are filled from `worlds.py`.
"""

from tests.service.permissions.rules import (
    Rule,
    administrators,
    any_speakers,
    anybody,
    belonging,
    coordinators,
    importers,
    leaders,
    members,
    neighbourhood,
    only_themselves,
    partners,
    partners_or_themselves,
    signed_in,
    speakers,
    themselves,
    told,
    voters,
    webhook_owners,
)

OF_EVERY_SERVICE = (
    *("openapi.json", "asyncapi.json", "schemas/{type_name}.json", "docs", "messages"),
    *("health/live", "health/ready", "metrics"),
)

EVENT = {
    "title": "Festyn",
    "starts_at": "2027-03-01T14:00:00+01:00",
    "ends_at": "2027-03-01T16:00:00+01:00",
    "zone": "Europe/Warsaw",
    "host_ids": ["{organisation_id}"],
}
EVENT_FORM = {
    "title": "Festyn",
    "starts_on": "2027-03-01",
    "starts_time": "14:00",
    "ends_time": "16:00",
    "host_ids": "{organisation_id}",
    "do": "save",
}
POLL = {
    "title": "Spotkanie",
    "organisation_id": "{organisation_id}",
    "dates": [{"starts_at": "2027-03-01T14:00:00+01:00", "ends_at": "2027-03-01T16:00:00+01:00"}],
    "closes_at": "2027-02-20T14:00:00+01:00",
}
POLL_FORM = {
    "title": "Spotkanie",
    "organisation_id": "{organisation_id}",
    "dates": "20270301T1300Z/20270301T1500Z",
    "closes_on": "2027-02-20",
    "closes_time": "14:00",
    "do": "save",
}
SOURCE = {"organisation_id": "{organisation_id}", "name": "Dom kultury", "url": "https://new.example.org/a.ics"}
LAST_CENTURY = {"from": "1999-01-01", "to": "1999-12-31"}
CALENDAR_FILE = """BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//test//test//EN
BEGIN:VEVENT
UID:one@example.org
DTSTAMP:20270101T000000Z
DTSTART:20270301T130000Z
DTEND:20270301T150000Z
SUMMARY:Festyn
END:VEVENT
END:VCALENDAR
""".replace("\n", "\r\n")

CALENDAR: dict[str, Rule] = {
    "GET /calendar/api/v1/events": anybody,
    "POST /calendar/api/v1/events": speakers.sends(**EVENT),
    "POST /calendar/api/v1/events/check": signed_in.sends(**EVENT),
    "GET /calendar/api/v1/events/{event_id}": anybody,
    "PATCH /calendar/api/v1/events/{event_id}": speakers.sends(title="Inaczej"),
    "POST /calendar/api/v1/events/{event_id}/cancel": speakers.sends(because="Deszcz"),
    "POST /calendar/api/v1/events/{event_id}/restore": speakers.sends(because="Pogoda"),
    "GET /calendar/api/v1/events/{event_id}/occurrences": anybody,
    "PATCH /calendar/api/v1/events/{event_id}/occurrences/{recurrence_at}": speakers.sends(title="Inaczej"),
    "GET /calendar/api/v1/events/{event_id}/history": anybody,
    "GET /calendar/api/v1/occurrences": anybody,
    "GET /calendar/api/v1/slots": anybody.asks(venue="{venue_id}", minutes="60"),
    "POST /calendar/api/v1/slots/search": signed_in.sends(
        **{"from": "2027-03-01T00:00:00+01:00", "to": "2027-03-08T00:00:00+01:00", "venue_id": "{venue_id}"}
    ),
    "GET /calendar/api/v1/conflicts": anybody,
    "GET /calendar/api/v1/conflicts/{conflict_id}": anybody,
    "POST /calendar/api/v1/conflicts/{conflict_id}/accept": speakers.sends(because="Zmieścimy się"),
    "GET /calendar/api/v1/conflict-rules": anybody,
    "GET /calendar/api/v1/conflict-rules/{kind}": anybody,
    "PUT /calendar/api/v1/conflict-rules/{kind}": speakers.asks(venue="{venue_id}").sends(level="warn"),
    "GET /calendar/api/v1/conflict-rules/{kind}/history": anybody,
    "GET /calendar/api/v1/opportunities": anybody,
    "POST /calendar/api/v1/opportunities": speakers.sends(event_ids=["{event_id}", "{neighbour_event_id}"]),
    "GET /calendar/api/v1/opportunities/{opportunity_id}": anybody,
    "POST /calendar/api/v1/opportunities/{opportunity_id}/propose": speakers.sends(message="Razem?"),
    "POST /calendar/api/v1/opportunities/{opportunity_id}/accept": speakers.about(opportunity_id="proposed_id"),
    "POST /calendar/api/v1/opportunities/{opportunity_id}/decline": speakers.about(opportunity_id="proposed_id"),
    "POST /calendar/api/v1/opportunities/{opportunity_id}/withdraw": speakers.about(opportunity_id="own_proposal_id"),
    "GET /calendar/api/v1/requests": signed_in,
    "GET /calendar/api/v1/requests/{request_id}": members.hidden(),
    "POST /calendar/api/v1/requests/{request_id}/accept": speakers.about(request_id="asked_id"),
    "POST /calendar/api/v1/requests/{request_id}/counter": speakers.about(request_id="asked_id").sends(
        starts_at="2030-03-01T14:00:00+01:00", ends_at="2030-03-01T16:00:00+01:00"
    ),
    "POST /calendar/api/v1/requests/{request_id}/refuse": speakers.about(request_id="asked_id").sends(because="Remont"),
    "POST /calendar/api/v1/requests/{request_id}/withdraw": speakers,
    "GET /calendar/api/v1/facts": anybody,
    "GET /calendar/api/v1/meetings/{event_id}": anybody,
    "PATCH /calendar/api/v1/meetings/{event_id}": speakers.sends(minutes="Było miło"),
    "GET /calendar/api/v1/meetings/{event_id}/decisions": anybody,
    "POST /calendar/api/v1/meetings/{event_id}/decisions": speakers.sends(text="Kupić krzesła"),
    "GET /calendar/api/v1/meetings/{event_id}/decisions/{decision_id}": anybody,
    "PATCH /calendar/api/v1/meetings/{event_id}/decisions/{decision_id}": speakers.sends(done=True),
    "GET /calendar/api/v1/meetings/{event_id}/items": anybody,
    "POST /calendar/api/v1/meetings/{event_id}/items": members.sends(title="Plac zabaw"),
    "GET /calendar/api/v1/meetings/{event_id}/items/{item_id}": anybody,
    "PATCH /calendar/api/v1/meetings/{event_id}/items/{item_id}": speakers.sends(minutes_planned=10),
    "GET /calendar/api/v1/meetings/{event_id}/offered": members,
    "GET /calendar/api/v1/meetings/{event_id}/minutes": members,
    "GET /calendar/api/v1/meetings/{event_id}/minutes/{section_id}": members.about(section_id="item_id"),
    "PUT /calendar/api/v1/meetings/{event_id}/minutes/{section_id}": speakers.about(section_id="item_id").sends(
        text="Było **miło**"
    ),
    "GET /calendar/api/v1/meetings/{event_id}/decisions/{decision_id}/about": anybody,
    "PUT /calendar/api/v1/meetings/{event_id}/decisions/{decision_id}/about": speakers.sends(about=[]),
    "GET /calendar/api/v1/decisions": anybody,
    "GET /calendar/api/v1/tasks": signed_in,
    "GET /calendar/api/v1/tasks/{task_id}": partners.hidden(),
    "PATCH /calendar/api/v1/tasks/{task_id}": speakers.sends(done=True),
    "GET /calendar/api/v1/meetings/{event_id}/tasks": partners,
    "POST /calendar/api/v1/meetings/{event_id}/tasks": speakers.sends(text="Kupić krzesła"),
    "GET /calendar/api/v1/meetings/{event_id}/publications": members.hidden(),
    "GET /calendar/api/v1/meetings/{event_id}/publications/{number}": members.hidden(),
    "POST /calendar/api/v1/meetings/{event_id}/publications": speakers.sends(audience="public", reason="Dopisano"),
    "GET /calendar/api/v1/meetings/{event_id}/invitations": speakers,
    "PUT /calendar/api/v1/meetings/{event_id}/invitations": speakers.sends(invited=[{"name": "Jan"}]),
    "GET /calendar/api/v1/polls": signed_in,
    "POST /calendar/api/v1/polls": speakers.sends(**POLL),
    "GET /calendar/api/v1/polls/{poll_id}": members.hidden(),
    "POST /calendar/api/v1/polls/{poll_id}/links": speakers.sends(),
    "POST /calendar/api/v1/polls/{poll_id}/settle": speakers.sends(date_id="{date_id}"),
    "POST /calendar/api/v1/polls/{poll_id}/withdraw": speakers,
    "GET /calendar/api/v1/ballots/{secret}": anybody.about(secret="poll_secret"),
    "POST /calendar/api/v1/ballots/{secret}": anybody.about(secret="poll_secret").sends(answers={"{date_id}": "yes"}),
    "POST /calendar/api/v1/imports": speakers.asks(organisation_id="{organisation_id}").uploads(CALENDAR_FILE),
    "GET /calendar/api/v1/sources": signed_in,
    "POST /calendar/api/v1/sources": speakers.sends(**SOURCE),
    "GET /calendar/api/v1/sources/{source_id}": speakers,
    "PATCH /calendar/api/v1/sources/{source_id}": speakers.sends(name="Inna nazwa"),
    "DELETE /calendar/api/v1/sources/{source_id}": speakers,
    "POST /calendar/api/v1/sources/{source_id}/fetch": speakers,
    "GET /calendar/api/v1/free-busy": anybody.asks(venue="{venue_id}"),
    "POST /calendar/api/v1/municipal/{partner}/messages": anybody.decided_by_secret().sends(id="1"),
    "GET /calendar/api/v1/indicators": anybody,
    "GET /calendar/api/v1/indicators.csv": anybody,
    "GET /calendar/api/v1/indicators/frozen": anybody,
    "POST /calendar/api/v1/indicators/frozen": neighbourhood.sends(**LAST_CENTURY),
    "GET /calendar/api/v1/indicators/frozen/{frozen_id}": anybody,
    "GET /calendar/api/v1/indicators/baselines": anybody,
    "POST /calendar/api/v1/indicators/baselines": neighbourhood.sends(
        **LAST_CENTURY, indicator="events", value=12, source_note="Sprawozdanie"
    ),
    "GET /calendar/api/v1/indicators/baselines/{baseline_id}": anybody,
    "PATCH /calendar/api/v1/indicators/baselines/{baseline_id}": neighbourhood.sends(value=41),
    "GET /calendar/api/v1/events/{event_id}/satisfaction": speakers,
    "POST /calendar/api/v1/events/{event_id}/satisfaction": speakers.sends(),
    "GET /calendar/indicators": anybody,
    "GET /calendar/indicators/report": anybody,
    "POST /calendar/indicators/freeze": neighbourhood.types(**LAST_CENTURY),
    "POST /calendar/indicators/baseline": neighbourhood.types(
        **LAST_CENTURY, indicator="events", value="12", source_note="Sprawozdanie"
    ),
    "GET /calendar/satisfaction/{token}": anybody,
    "POST /calendar/satisfaction/{token}": anybody.types(mark_1="5", mark_2="4", mark_3="5"),
    "GET /calendar/events/{event_id}/satisfaction": speakers,
    "POST /calendar/events/{event_id}/satisfaction": speakers,
    "POST /calendar/events/{event_id}/satisfaction/paper": speakers.types(version="1"),
    "GET /calendar/feed.ics": anybody,
    "GET /calendar/feed.atom": anybody,
    "GET /calendar/feed.json": anybody,
    "GET /calendar/events/{event_id}.ics": anybody,
    "GET /calendar/private/{secret}.ics": anybody,
    "GET /calendar/own-data": signed_in.for_people_only(),
    "GET /": anybody,
    "GET /calendar": anybody,
    "GET /calendar/": anybody,
    "GET /calendar/month": anybody,
    "GET /calendar/board": anybody,
    "GET /calendar/print": anybody,
    "GET /calendar/events/{event_id}/poster": anybody,
    "GET /calendar/plan": signed_in,
    "GET /calendar/slots": signed_in,
    "POST /calendar/plan": speakers.types(**EVENT_FORM),
    "GET /calendar/events/{event_id}/move": speakers,
    "POST /calendar/events/{event_id}/move": speakers.types(**EVENT_FORM, version="1"),
    "GET /calendar/import": signed_in,
    "POST /calendar/imports": speakers.types(organisation_id="{organisation_id}", file=CALENDAR_FILE),
    "GET /calendar/imports/{run_id}": speakers,
    "GET /calendar/sources": signed_in,
    "POST /calendar/sources": speakers.types(**SOURCE),
    "POST /calendar/sources/{source_id}": speakers.types(do="pause"),
    "GET /calendar/rules": signed_in,
    "POST /calendar/rules": speakers.types(kind="venue", level="warn", version="0", venue="{venue_id}"),
    "GET /calendar/inbox": signed_in,
    "POST /calendar/conflicts/{conflict_id}/accept": speakers.types(
        because="Zmieścimy się", version="1", event_id="{event_id}"
    ),
    "POST /calendar/opportunities/{opportunity_id}/propose": speakers.types(version="2"),
    "POST /calendar/opportunities/{opportunity_id}/accept": speakers.about(opportunity_id="proposed_id").types(
        version="1"
    ),
    "POST /calendar/opportunities/{opportunity_id}/decline": speakers.about(opportunity_id="proposed_id").types(
        version="1"
    ),
    "POST /calendar/opportunities/{opportunity_id}/withdraw": speakers.about(opportunity_id="own_proposal_id").types(
        version="1"
    ),
    "POST /calendar/requests/{request_id}/accept": speakers.about(request_id="asked_id").types(version="1"),
    "POST /calendar/requests/{request_id}/counter": speakers.about(request_id="asked_id").types(
        version="1", starts_on="2030-03-01"
    ),
    "POST /calendar/requests/{request_id}/refuse": speakers.about(request_id="asked_id").types(
        version="1", because="Remont"
    ),
    "POST /calendar/requests/{request_id}/withdraw": speakers.types(version="1"),
    "GET /calendar/meetings": signed_in,
    "GET /calendar/meetings/{event_id}/minutes": members.hidden(),
    "POST /calendar/meetings/{event_id}/minutes": speakers.types(audience="public", reason="Dopisano"),
    "GET /calendar/tasks": signed_in,
    "POST /calendar/tasks/{task_id}": speakers.types(version="1", done="yes"),
    "POST /calendar/events/{event_id}/tasks": speakers.types(task_text="Kupić krzesła"),
    "GET /calendar/decisions": anybody,
    "GET /calendar/events/{event_id}/decisions/{decision_id}/about": speakers,
    "POST /calendar/events/{event_id}/decisions/{decision_id}/about": speakers.types(version="1", drop="{event_id}"),
    "GET /calendar/rhythm": partners,
    "GET /calendar/rhythm/{event_id}": partners,
    "GET /calendar/meetings/polls/new": any_speakers,
    "POST /calendar/meetings/polls": speakers.types(**POLL_FORM),
    "GET /calendar/meetings/polls/{poll_id}": members.hidden(),
    "POST /calendar/meetings/polls/{poll_id}/links": speakers.types(whose=""),
    "POST /calendar/meetings/polls/{poll_id}/settle": speakers.types(date_id="{date_id}"),
    "POST /calendar/meetings/polls/{poll_id}/withdraw": speakers,
    "POST /calendar/meetings/polls/{poll_id}/vote": voters.types(invitation_id="{invitation_id}"),
    "GET /calendar/polls/{secret}": anybody.about(secret="poll_secret"),
    "POST /calendar/polls/{secret}": anybody.about(secret="poll_secret").types(**{"date_{date_id}": "yes"}),
    "GET /calendar/events/{event_id}/invitations": speakers,
    "POST /calendar/events/{event_id}/invitations": speakers.types(guests="Jan"),
    "GET /calendar/events/{event_id}/minutes": speakers,
    "POST /calendar/events/{event_id}/minutes/{section_id}": speakers.about(section_id="item_id").types(
        text="Było miło", version="1"
    ),
    "POST /calendar/events/{event_id}/attendance": speakers.types(guests="2", version="0"),
    "POST /calendar/events/{event_id}/presence": voters.types(organisation_id="{organisation_id}", here="yes"),
    "GET /calendar/meetings/{event_id}/agenda": anybody,
    "GET /calendar/meetings/{event_id}/items": signed_in,
    "POST /calendar/meetings/{event_id}/items": members.types(title="Plac zabaw"),
    "POST /calendar/meetings/{event_id}/items/{item_id}": speakers.types(version="1", do="refuse"),
    "POST /calendar/events/{event_id}/decisions": speakers.types(text="Kupić krzesła"),
    "POST /calendar/events/{event_id}/decisions/{decision_id}": speakers.types(version="1", done="yes"),
    "GET /calendar/events/{event_id}": anybody,
    "POST /calendar/events/{event_id}/cancel": speakers.types(version="1"),
    "POST /calendar/events/{event_id}/restore": speakers.types(version="1"),
    "POST /calendar/events/{event_id}/dates": speakers.types(version="1", recurrence="{recurrence}", do="cancel"),
    "POST /calendar/events/{event_id}/outcome": speakers.types(version="1", participants=""),
}

REGISTRY: dict[str, Rule] = {
    "GET /registry/api/v1/organisations": anybody,
    "POST /registry/api/v1/organisations": neighbourhood.sends(name="Nowa", kind="ngo"),
    "GET /registry/api/v1/organisations/{organisation_id}": anybody,
    "PATCH /registry/api/v1/organisations/{organisation_id}": speakers.sends(address="ul. Elsnera 1"),
    "POST /registry/api/v1/organisations/{organisation_id}/confirm": speakers,
    "GET /registry/api/v1/organisations/{organisation_id}/sites": anybody,
    "POST /registry/api/v1/organisations/{organisation_id}/sites": speakers.sends(name="Filia"),
    "GET /registry/api/v1/organisations/{organisation_id}/sites/{site_id}": anybody,
    "PATCH /registry/api/v1/organisations/{organisation_id}/sites/{site_id}": speakers.sends(name="Filia"),
    "DELETE /registry/api/v1/organisations/{organisation_id}/sites/{site_id}": speakers,
    "GET /registry/api/v1/review": any_speakers,
    "GET /registry/api/v1/organisations/{organisation_id}/hidden-address": coordinators,
    "GET /registry/api/v1/organisations/{organisation_id}/contacts": anybody,
    "POST /registry/api/v1/organisations/{organisation_id}/contacts": speakers.sends(
        kind="phone", value="12 000 00 01"
    ),
    "GET /registry/api/v1/organisations/{organisation_id}/contacts/{contact_id}": speakers.hidden(),
    "PATCH /registry/api/v1/organisations/{organisation_id}/contacts/{contact_id}": speakers.sends(label="biuro"),
    "DELETE /registry/api/v1/organisations/{organisation_id}/contacts/{contact_id}": speakers,
    "POST /registry/api/v1/organisations/{organisation_id}/contacts/{contact_id}/withdraw": speakers,
    "GET /registry/api/v1/people": partners,
    "POST /registry/api/v1/people": speakers.for_people_only().sends(
        name="Nowa Osoba", memberships=[{"organisation_id": "{organisation_id}", "role": "member"}]
    ),
    "GET /registry/api/v1/people/{person_id}": partners_or_themselves,
    "PATCH /registry/api/v1/people/{person_id}": themselves.for_people_only().sends(language="en"),
    "PUT /registry/api/v1/people/{person_id}/memberships/{organisation_id}": leaders.for_people_only().sends(
        role="leader"
    ),
    "DELETE /registry/api/v1/people/{person_id}/memberships/{organisation_id}": leaders.for_people_only(),
    "PUT /registry/api/v1/people/{person_id}/neighbourhood-roles": administrators.for_people_only().sends(
        administrator=False, neighbourhood_coordinator=True
    ),
    "GET /registry/api/v1/people/{person_id}/contacts": signed_in,
    "POST /registry/api/v1/people/{person_id}/contacts": themselves.for_people_only().sends(
        kind="phone", value="12 000 00 02"
    ),
    "GET /registry/api/v1/people/{person_id}/contacts/{contact_id}": themselves.hidden(),
    "PATCH /registry/api/v1/people/{person_id}/contacts/{contact_id}": themselves.for_people_only().sends(label="dom"),
    "DELETE /registry/api/v1/people/{person_id}/contacts/{contact_id}": themselves.for_people_only(),
    "POST /registry/api/v1/people/{person_id}/contacts/{contact_id}/withdraw": themselves.for_people_only(),
    "DELETE /registry/api/v1/people/{person_id}": themselves.for_people_only(),
    "GET /registry/api/v1/people/{person_id}/erasure": anybody.about(person_id="erased_id"),
    "GET /registry/api/v1/people/{person_id}/audit": themselves,
    "GET /registry/api/v1/audit": administrators,
    "GET /registry/api/v1/invitations": speakers.for_people_only().asks(organisation_id="{organisation_id}"),
    "POST /registry/api/v1/invitations": speakers.for_people_only().sends(
        name="Ewa Nowa", email="ewa@example.org", organisation_id="{organisation_id}", role="member"
    ),
    "GET /registry/api/v1/invitations/{invitation_id}": leaders.for_people_only(),
    "POST /registry/api/v1/invitations/{invitation_id}/withdraw": leaders.for_people_only(),
    "POST /registry/api/v1/invitations/{invitation_id}/send": leaders.for_people_only().sends(by_hand=True),
    "GET /registry/api/v1/keys": signed_in,
    "POST /registry/api/v1/keys": signed_in.for_people_only().sends(name="Kalendarz", scopes=["calendar:read"]),
    "POST /registry/api/v1/keys/feed": signed_in.for_people_only(),
    "GET /registry/api/v1/keys/{key_id}": themselves.hidden(),
    "POST /registry/api/v1/keys/{key_id}/revoke": themselves.hidden().for_people_only(),
    "GET /registry/api/v1/venues": anybody,
    "POST /registry/api/v1/venues": speakers.sends(name="Sala", organisation_id="{organisation_id}"),
    "GET /registry/api/v1/venues/{venue_id}": anybody,
    "GET /registry/api/v1/venues/{venue_id}/hidden-address": coordinators,
    "PATCH /registry/api/v1/venues/{venue_id}": speakers.sends(capacity=40),
    "GET /registry/api/v1/resources": anybody,
    "POST /registry/api/v1/resources": speakers.sends(
        name="Namiot", kind="equipment", organisation_id="{organisation_id}"
    ),
    "GET /registry/api/v1/resources/{resource_id}": anybody,
    "PATCH /registry/api/v1/resources/{resource_id}": speakers.sends(quantity=2),
    "GET /registry/api/v1/themes": anybody,
    "POST /registry/api/v1/themes": neighbourhood.sends(code="zabawa", name_pl="zabawa", name_en="play"),
    "GET /registry/api/v1/themes/{code}": anybody,
    "PATCH /registry/api/v1/themes/{code}": neighbourhood.sends(retired=True),
    "GET /registry/api/v1/needs": anybody,
    "POST /registry/api/v1/needs": speakers.sends(
        title="Gitara", kind="equipment", organisation_id="{organisation_id}"
    ),
    "GET /registry/api/v1/needs/{need_id}": anybody,
    "PATCH /registry/api/v1/needs/{need_id}": speakers.sends(quantity=2),
    "POST /registry/api/v1/needs/{need_id}/close": speakers.sends(status="closed", outcome="Odwołane"),
    "GET /registry/api/v1/matches": anybody,
    "GET /registry/api/v1/matches/{match_id}": anybody,
    "POST /registry/api/v1/matches/{match_id}/accept": speakers,
    "POST /registry/api/v1/matches/{match_id}/decline": speakers.sends(decline_reason="too_far"),
    "GET /registry/api/v1/problems": anybody,
    "POST /registry/api/v1/problems": partners.sends(title="Ciemny przystanek"),
    "GET /registry/api/v1/problems/{problem_id}": anybody,
    "PATCH /registry/api/v1/problems/{problem_id}": partners.sends(title="Ciemna ulica"),
    "GET /registry/api/v1/problems/{problem_id}/statuses": anybody,
    "PUT /registry/api/v1/problems/{problem_id}/status": any_speakers.sends(status="discussed", because="Rada"),
    "PUT /registry/api/v1/problems/{problem_id}/stages/{stage}": any_speakers.sends(held_on="2026-05-10"),
    "DELETE /registry/api/v1/problems/{problem_id}/stages/{stage}": any_speakers,
    "GET /registry/api/v1/problems/{problem_id}/supports": anybody,
    "POST /registry/api/v1/problems/{problem_id}/supports": speakers.sends(organisation_id="{organisation_id}"),
    "DELETE /registry/api/v1/problems/{problem_id}/supports/{organisation_id}": speakers,
    "POST /registry/api/v1/problems/{problem_id}/resident-supports": anybody,
    "GET /registry/api/v1/waiting-problems": neighbourhood,
    "POST /registry/api/v1/waiting-problems": anybody.sends(title="Dziura w chodniku"),
    "POST /registry/api/v1/waiting-problems/{waiting_id}/let-through": neighbourhood,
    "POST /registry/api/v1/waiting-problems/{waiting_id}/refuse": neighbourhood.sends(because="Opisuje sąsiada"),
    "GET /registry/api/v1/search": anybody.asks(q="park"),
    "GET /registry/api/v1/initiatives": anybody,
    "POST /registry/api/v1/initiatives": speakers.sends(title="Park", organisation_ids=["{organisation_id}"]),
    "GET /registry/api/v1/initiatives/{initiative_id}": anybody,
    "PATCH /registry/api/v1/initiatives/{initiative_id}": speakers.sends(goal="Jasny park"),
    "POST /registry/api/v1/initiatives/{initiative_id}/members": speakers.sends(
        organisation_id="{organisation_id}", role="lead"
    ),
    "DELETE /registry/api/v1/initiatives/{initiative_id}/members/{organisation_id}": speakers,
    "GET /registry/api/v1/initiative-suggestions": signed_in,
    "POST /registry/api/v1/initiative-suggestions/{suggestion_id}/accept": speakers.sends(
        organisation_id="{organisation_id}"
    ),
    "POST /registry/api/v1/initiative-suggestions/{suggestion_id}/decline": speakers.sends(
        organisation_id="{organisation_id}"
    ),
    "POST /registry/api/v1/imports": administrators.uploads("name\nNowa\n"),
    "GET /registry/api/v1/exports/{table}.csv": partners,
    "GET /registry/api/v1/exports/{table}.xlsx": partners,
    "GET /registry/api/v1/exports/organisations.vcf": partners,
    "GET /registry/api/v1/organisations/{organisation_id}/card.vcf": anybody,
    "GET /registry/api/v1/duplicates": neighbourhood.asks(organisation_id="{organisation_id}"),
    "POST /registry/api/v1/organisations/{organisation_id}/distinct": neighbourhood.for_people_only().sends(
        other_id="{twin_id}"
    ),
    "POST /registry/api/v1/organisations/{organisation_id}/merge": neighbourhood.for_people_only().sends(
        other_id="{twin_id}"
    ),
    "GET /registry/api/v1/merges/{merge_id}": neighbourhood,
    "POST /registry/api/v1/merges/{merge_id}/undo": neighbourhood.for_people_only(),
    "GET /registry/import": administrators,
    "POST /registry/imports": administrators.types(file="name\nNowa\n"),
    "GET /registry/import/{draft_id}": importers,
    "POST /registry/import/{draft_id}": importers.types(do="look"),
    "GET /registry/import/{draft_id}/report.csv": importers,
    "GET /registry/duplicates": neighbourhood,
    "POST /registry/duplicates": neighbourhood.for_people_only().types(
        organisation_id="{organisation_id}", other_id="{twin_id}", do="distinct"
    ),
    "POST /registry/merges/{merge_id}/undo": neighbourhood.for_people_only(),
    "GET /registry": anybody,
    "GET /registry/": anybody,
    "GET /registry/organisations/{organisation_id}": anybody,
    "GET /registry/initiatives": anybody,
    "GET /registry/initiatives/new": any_speakers,
    "POST /registry/initiatives/new": speakers.types(title="Park", organisation_id="{organisation_id}"),
    "POST /registry/initiatives/suggestions/{suggestion_id}": speakers.types(
        do="accept", organisation_id="{organisation_id}"
    ),
    "GET /registry/initiatives/{initiative_id}": anybody,
    "GET /registry/initiatives/{initiative_id}/application": anybody,
    "GET /registry/initiatives/{initiative_id}/edit": speakers,
    "POST /registry/initiatives/{initiative_id}/edit": speakers.types(version="1", title="Park"),
    "POST /registry/initiatives/{initiative_id}/lines": speakers.types(version="1", part="tasks", what="Podpisy"),
    "POST /registry/initiatives/{initiative_id}/join": speakers.types(organisation_id="{organisation_id}", role="lead"),
    "POST /registry/initiatives/{initiative_id}/leave": speakers.types(organisation_id="{organisation_id}"),
    "GET /registry/problems": anybody,
    "GET /registry/search": anybody.asks(q="park"),
    "GET /registry/themes": anybody,
    "GET /registry/themes/{code}": neighbourhood,
    "POST /registry/themes/{code}": neighbourhood.types(name_pl="sport", name_en="sport"),
    "GET /registry/exchange": anybody,
    "GET /registry/exchange/new": any_speakers,
    "POST /registry/exchange/new": speakers.types(
        title="Gitara", kind="equipment", organisation_id="{organisation_id}"
    ),
    "GET /registry/matches/{match_id}": anybody,
    "POST /registry/matches/{match_id}": speakers.types(do="accept"),
    "GET /registry/needs/{need_id}/edit": speakers,
    "POST /registry/needs/{need_id}/edit": speakers.types(title="Gitara", version="1"),
    "GET /registry/needs/{need_id}/close": speakers,
    "POST /registry/needs/{need_id}/close": speakers.types(status="closed"),
    "GET /registry/problems/new": partners,
    "POST /registry/problems/new": partners.types(title="Ciemny przystanek"),
    "GET /registry/problems/name": anybody,
    "POST /registry/problems/name": anybody.types(title="Dziura w chodniku"),
    "GET /registry/problems/waiting": anybody.asks(key="{waiting_secret}"),
    "GET /registry/problems/moderation": neighbourhood,
    "POST /registry/problems/moderation/{waiting_id}": neighbourhood.types(version="1", do="refuse", because="x"),
    "GET /registry/problems/{problem_id}": anybody,
    "GET /registry/problems/{problem_id}/edit": partners,
    "POST /registry/problems/{problem_id}/edit": partners.types(version="1", title="Ciemna ulica"),
    "POST /registry/problems/{problem_id}/support": speakers.types(organisation_id="{organisation_id}"),
    "POST /registry/problems/{problem_id}/withdraw": speakers.types(organisation_id="{organisation_id}"),
    "POST /registry/problems/{problem_id}/status": any_speakers.types(version="1", status="discussed", because="Rada"),
    "POST /registry/problems/{problem_id}/stages": any_speakers.types(version="1", stage="poll", held_on="2026-05-10"),
    "GET /registry/organisations/{organisation_id}/edit": speakers,
    "POST /registry/organisations/{organisation_id}/edit": speakers.types(version="1", name="Klub", kind="ngo"),
    "GET /registry/organisations/{organisation_id}/venues/new": speakers,
    "POST /registry/organisations/{organisation_id}/venues/new": speakers.types(name="Sala"),
    "GET /registry/organisations/{organisation_id}/resources/new": speakers,
    "POST /registry/organisations/{organisation_id}/resources/new": speakers.types(name="Namiot"),
    "GET /registry/venues/{venue_id}/edit": speakers,
    "POST /registry/venues/{venue_id}/edit": speakers.types(name="Sala", version="1"),
    "GET /registry/resources/{resource_id}/edit": speakers,
    "POST /registry/resources/{resource_id}/edit": speakers.types(name="Namiot", version="1"),
    "POST /registry/organisations/{organisation_id}/confirm": speakers,
    "GET /registry/organisations/{organisation_id}/sites/{site_id}": speakers,
    "POST /registry/organisations/{organisation_id}/sites/{site_id}": speakers.types(name="Filia", version="1"),
    "GET /registry/review": any_speakers,
    "GET /registry/organisations/{organisation_id}/contacts": speakers,
    "GET /registry/organisations/{organisation_id}/contacts/{contact_id}": speakers,
    "POST /registry/organisations/{organisation_id}/contacts/{contact_id}": speakers.types(do="withdraw"),
    "GET /registry/organisations/{organisation_id}/people": partners,
    "POST /registry/organisations/{organisation_id}/people/{person_id}/role": leaders.for_people_only().types(
        role="leader", version="1"
    ),
    "POST /registry/organisations/{organisation_id}/people/{person_id}/leave": leaders.for_people_only(),
    "GET /registry/organisations/{organisation_id}/invite": speakers.for_people_only(),
    "POST /registry/organisations/{organisation_id}/invite": speakers.for_people_only().types(
        name="Ewa Nowa", email="ewa@example.org", role="member"
    ),
    "POST /registry/invitations/{invitation_id}/send": leaders.for_people_only().types(by_hand="yes"),
    "POST /registry/invitations/{invitation_id}/withdraw": leaders.for_people_only(),
    "GET /registry/invitation": anybody.asks(key="{invitation_secret}"),
    "POST /registry/invitation": anybody.for_people_only().types(key="{invitation_secret}", name="Ewa"),
    "GET /registry/people": neighbourhood,
    "GET /registry/people/invite": neighbourhood.for_people_only(),
    "POST /registry/people/invite": neighbourhood.for_people_only().types(
        name="Ewa Nowa", email="ewa@example.org", organisation_id="{organisation_id}", role="leader"
    ),
    "GET /registry/people/{person_id}": partners_or_themselves,
    "POST /registry/people/{person_id}": themselves.for_people_only().types(
        name="Anna Kowalska", language="en", version="1"
    ),
    "POST /registry/people/{person_id}/neighbourhood-roles": administrators.for_people_only().types(
        given="neighbourhood_coordinator", version="1"
    ),
    "POST /registry/people/{person_id}/own-data-link": administrators.for_people_only(),
    "GET /registry/people/{person_id}/erase": themselves.for_people_only(),
    "POST /registry/people/{person_id}/erase": themselves.for_people_only().types(sure="yes"),
    "GET /registry/own-data": anybody.for_people_only(),
    "POST /registry/own-data/ask": anybody.types(email="nobody@example.org"),
    "GET /registry/own-data/export": signed_in.for_people_only().asks(kind="json"),
    "POST /registry/own-data/correct": signed_in.for_people_only().types(version="1", name="Anna Kowalska"),
    "POST /registry/own-data/contacts/{contact_id}": only_themselves.hidden().for_people_only().types(do="withdraw"),
    "GET /registry/own-data/erase": signed_in.for_people_only(),
    "POST /registry/own-data/erase": signed_in.for_people_only().types(sure="yes"),
    "GET /registry/own-data/erasure/{person_id}": anybody.about(person_id="erased_id"),
    "GET /registry/audit": administrators,
    "GET /registry/sign-in": anybody,
    "GET /registry/sign-in/code": anybody,
    "POST /registry/sign-in/code": anybody.decided_by_secret().types(code="000000"),
    "POST /registry/sign-in/password": anybody.decided_by_secret().types(
        password_address="nobody@example.org", password="wrong"
    ),
    "POST /registry/session": anybody,
    "GET /registry/account/contacts": signed_in,
    "GET /registry/account/contacts/{contact_id}": only_themselves.hidden(),
    "POST /registry/account/contacts/{contact_id}": only_themselves.hidden().for_people_only().types(do="withdraw"),
    "GET /registry/account/keys": signed_in,
    "GET /registry/account/keys/everybody": administrators,
    "POST /registry/account/keys": signed_in.for_people_only().types(
        name="Kalendarz", scopes="calendar:read", days="30"
    ),
    "GET /registry/account/keys/feed": anybody,
    "POST /registry/account/keys/feed": signed_in.for_people_only(),
    "POST /registry/account/keys/{key_id}/revoke": themselves.hidden().for_people_only(),
    "POST /registry/account/password": signed_in.for_people_only().types(password="Zielony rower i siedem jabłek"),
    "POST /registry/account/password/remove": signed_in.for_people_only(),
    "POST /registry/account/sessions/end-others": signed_in.for_people_only(),
    "POST /registry/account/sessions/{session_id}/end": only_themselves.hidden().for_people_only(),
    "POST /registry/sign-in": anybody.types(link="{link_secret}"),
    "GET /registry/session": anybody,
    "POST /registry/sign-out": anybody,
    "GET /registry/account": signed_in.for_people_only(),
    "GET /registry/privacy": anybody,
    "GET /privacy": anybody,
    "GET /registry/accessibility": anybody,
    "GET /accessibility": anybody,
    "GET /registry/developers": anybody,
    "GET /developers": anybody,
}

AN_AREA = {"name": "Ogród", "kind": "garden", "geometry": {"type": "Point", "coordinates": [19.9, 50.1]}}
POINTS = "nazwa;lat;lon\nLipa;50,0885;19,911\n"
MAP: dict[str, Rule] = {
    "GET /map/api/v1/areas": anybody,
    "POST /map/api/v1/areas": neighbourhood.sends(**AN_AREA),
    "GET /map/api/v1/areas.geojson": anybody,
    "GET /map/api/v1/areas/{area_id}": anybody,
    "PATCH /map/api/v1/areas/{area_id}": neighbourhood.sends(name="Ogród"),
    "DELETE /map/api/v1/areas/{area_id}": neighbourhood,
    "GET /map/api/v1/clusters": anybody.asks(zoom="14"),
    "GET /map/api/v1/exports/places.{form}": anybody,
    "POST /map/api/v1/imports": neighbourhood.asks(name="Drzewa", source="Miasto", licence="CC BY 4.0").uploads(POINTS),
    "GET /map/api/v1/layers": anybody,
    "GET /map/api/v1/layers/{layer_id}": anybody,
    "GET /map/api/v1/layers/{layer_id}/features": anybody,
    "DELETE /map/api/v1/layers/{layer_id}": neighbourhood,
    "GET /map/api/v1/places": anybody,
    "GET /map/api/v1/places/{place_id}": anybody,
    "GET /map/own-data": signed_in.for_people_only(),
    "GET /map": anybody,
    "GET /map/": anybody,
    "GET /map/places/{place_id}": anybody,
    "GET /map/room": anybody,
    "GET /map/print": anybody,
    "GET /map/areas": anybody,
    "GET /map/areas/new": neighbourhood,
    "GET /map/areas/{area_id}/edit": neighbourhood,
    "POST /map/areas/drawn": neighbourhood.types(
        name="Ogród", kind="garden", look="green", geometry='{"type": "Point", "coordinates": [19.9, 50.1]}'
    ),
    "POST /map/areas/{area_id}/remove": neighbourhood.types(version="1"),
    "GET /map/layers": anybody,
    "GET /map/layers/new": neighbourhood,
    "GET /map/layers/{layer_id}": anybody,
    "POST /map/imports": neighbourhood.types(name="Drzewa", source="Miasto", licence="CC BY", look="red", file=POINTS),
    "POST /map/layers/{layer_id}/remove": neighbourhood.types(version="1"),
}

NOTIFICATIONS: dict[str, Rule] = {
    "GET /notifications/api/v1/alerts": signed_in,
    "GET /notifications/api/v1/alerts/{alert_id}": belonging.hidden(),
    "POST /notifications/api/v1/alerts/{alert_id}/read": told.hidden(),
    "GET /notifications/api/v1/channels": signed_in,
    "PUT /notifications/api/v1/channels/{channel}": signed_in.sends(on=False),
    "GET /notifications/api/v1/subscriptions": signed_in,
    "PUT /notifications/api/v1/subscriptions/{kind}": signed_in.sends(on=False),
    "GET /notifications/api/v1/quiet-hours": signed_in,
    "PUT /notifications/api/v1/quiet-hours": signed_in.sends(zone="Europe/Warsaw"),
    "GET /notifications/api/v1/topics": signed_in,
    "POST /notifications/api/v1/topics": signed_in.sends(kind="audience", value="seniors"),
    "DELETE /notifications/api/v1/topics/{topic_id}": only_themselves.hidden(),
    "GET /notifications/api/v1/deliveries": administrators,
    "POST /notifications/api/v1/deliveries/{delivery_id}/retry": administrators,
    "GET /notifications/api/v1/webhooks": signed_in,
    "POST /notifications/api/v1/webhooks": webhook_owners.sends(
        organisation_id="{organisation_id}", url="https://example.org/alerts"
    ),
    "GET /notifications/api/v1/webhooks/{webhook_id}": webhook_owners.hidden(),
    "PATCH /notifications/api/v1/webhooks/{webhook_id}": webhook_owners.hidden().sends(language="en"),
    "DELETE /notifications/api/v1/webhooks/{webhook_id}": webhook_owners.hidden(),
    "POST /notifications/api/v1/webhooks/{webhook_id}/test": webhook_owners.hidden(),
    "GET /notifications/api/v1/webhooks/{webhook_id}/deliveries": webhook_owners.hidden(),
    "POST /notifications/api/v1/webhooks/{webhook_id}/deliveries/{message_id}/replay": webhook_owners.hidden(),
    "GET /notifications/api/v1/stream": signed_in.endless(),
    "GET /notifications/own-data": signed_in.for_people_only(),
    "GET /notifications": anybody,
    "GET /notifications/": anybody,
    "POST /notifications/alerts/{alert_id}/read": told.hidden(),
    "POST /notifications/read": signed_in,
    "GET /notifications/settings": signed_in,
    "POST /notifications/settings": signed_in.types(mail="true"),
    "POST /notifications/settings/test": signed_in,
    "GET /notifications/topics": signed_in,
    "GET /notifications/deliveries": administrators,
    "POST /notifications/deliveries/{delivery_id}/retry": administrators,
    "POST /notifications/topics": signed_in.types(topic="audience:seniors"),
    "POST /notifications/topics/{topic_id}/remove": only_themselves.hidden(),
    "GET /notifications/webhooks": signed_in,
    "POST /notifications/webhooks": webhook_owners.types(
        organisation_id="{organisation_id}", url="https://example.org/alerts"
    ),
    "GET /notifications/webhooks/{webhook_id}": webhook_owners.hidden(),
    "POST /notifications/webhooks/{webhook_id}/test": webhook_owners.hidden(),
    "POST /notifications/webhooks/{webhook_id}/switch": webhook_owners.hidden().types(on="true"),
    "POST /notifications/webhooks/{webhook_id}/remove": webhook_owners.hidden(),
    "POST /notifications/webhooks/{webhook_id}/deliveries/{message_id}/replay": webhook_owners.hidden(),
    "GET /notifications/unsubscribe": anybody.decided_by_secret(),
    "POST /notifications/unsubscribe": anybody.decided_by_secret(),
    "GET /notifications/status": anybody,
    "GET /status": anybody,
}

SET_ASIDE: dict[str, Rule] = {
    "GET /{service}/api/v1/set-aside": administrators,
    "GET /{service}/api/v1/set-aside/{set_aside_id}": administrators,
    "POST /{service}/api/v1/set-aside/{set_aside_id}/retry": administrators,
    "POST /{service}/api/v1/set-aside/{set_aside_id}/discard": administrators,
}
"""What every service has for messages that it could not take in."""
TABLE = {
    service: own | {endpoint.replace("{service}", service): rule for endpoint, rule in SET_ASIDE.items()}
    for service, own in (
        ("calendar", CALENDAR),
        ("registry", REGISTRY),
        ("map", MAP),
        ("notifications", NOTIFICATIONS),
    )
}
