"""Who hears of what its own people leave open: whoever coordinates the neighbourhood, else the administrators."""

from datetime import timedelta

import pytest

from tests.service.notifications.builders import a_conflict, a_person_of
from tests.service.notifications.test_pacing import MONTH


@pytest.mark.parametrize("is_there_a_coordinator", [True, False])
async def test_administrators_hear_of_what_is_left_open_while_nobody_coordinates_the_neighbourhood(
    service_running, time, is_there_a_coordinator
):
    runs = a_person_of(administrator=True)
    looks_after = a_person_of(neighbourhood_coordinator=is_there_a_coordinator)
    dates = {"starts_at": time.now + MONTH, "ends_at": time.now + MONTH + timedelta(hours=1)}
    await service_running.deliver(runs, looks_after, a_conflict(severity="blocking", **dates))
    time.now += timedelta(hours=25)
    await service_running.run_job("tell of what is left open")

    [alert] = [row for row in await service_running.rows("alert") if row.kind == "left_open"]
    assert alert.person_id == (looks_after if is_there_a_coordinator else runs).id
