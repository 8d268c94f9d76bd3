"""What is on, as people see it: agenda, month, board, home and paper."""

from tests.builders import a_coordinator, an_administrator
from tests.service.calendar.builders import a_calendar, a_venue, an_event, an_organisation, next_monday
from tests.service.calendar.test_looking import planned


async def test_all_pages_answer(database_url):
    club = an_organisation()
    hall = a_venue(club.id)
    async with a_calendar(database_url) as calendar:
        await calendar.deliver(club, hall)
        one = await planned(calendar, title="Joga", host_ids=[club.id], venue_id=hall.id, rrule="FREQ=WEEKLY")
        async with calendar.browser() as browser:
            for address in ("/", "/calendar/", "/calendar/month", "/calendar/board", "/calendar/print",
                            f"/calendar/events/{one['id']}", f"/calendar/events/{one['id']}/poster"):
                answer = await browser.get(address)
                assert answer.status_code == 200, answer.text
                print(address, len(answer.text))
