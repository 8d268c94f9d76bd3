"""What kinds of alerts are about."""

from services.notifications.domain.groups import GROUPS
from services.notifications.domain.plans import KINDS


def test_every_kind_is_in_one_group():
    assert sorted(kind for group in GROUPS for kind in group.kinds) == sorted(KINDS)
