"""Addresses of other networks, as apprise writes them: which may be used, how they are shown, when they are retried."""

from typing import Literal

OffBecause = Literal["failing", "not_allowed", "rights_ended"]
"""Nothing got through any more, the operator allows the scheme no more, or who made it may not any more."""
