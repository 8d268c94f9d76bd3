"""kill -9 while letters leave, to a mail server as real ones are: everybody gets one letter, and nothing is stuck."""

from tests.mailing.service import mailing
from tests.mailing.story import CONNECTIONS, EVERY, SETTINGS, addresses, tell_and_kill

PEOPLE, KILLS = 280, 4


def test_everybody_gets_one_letter_however_often_the_sender_is_killed(tmp_path, database_url):
    with mailing(tmp_path / "data", database_url, **SETTINGS) as it:
        ended = tell_and_kill(it, PEOPLE, KILLS, patience=60)

    assert ended.verdict.faults == []
    assert ended.alerts == PEOPLE
    assert ended.by_kills <= KILLS * CONNECTIONS
    assert all(any(one.startswith(manner) for one in addresses(PEOPLE)) for manner in EVERY)
    assert ended.unanswered == sum(one.startswith("lost") for one in addresses(PEOPLE))
