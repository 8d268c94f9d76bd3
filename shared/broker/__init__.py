"""A service's ear and voice on the bus: what it hears, and the relay of what it tells."""

from shared.broker.bus import Bus
from shared.pace import Pace

__all__ = ["Bus", "Pace"]
