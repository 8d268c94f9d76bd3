"""How long the bus waits for what, as one value, so that a test can shorten it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Pace:
    """Delays in seconds and sizes in messages; the defaults are those of production."""

    ack_wait: float = 30.0
    """A message that nobody acknowledged for so long is delivered again."""
    attempts: int = 8
    """After so many failed attempts a message is set aside."""
    delays: tuple[float, ...] = (1, 5, 30, 120, 600, 1800)
    """The wait before the second, third … attempt; the last one is used again."""
    in_flight: int = 256
    """At most so many messages of one stream are in hand."""
    pending: int = 4096
    """At most so many are in hand or wait for their next attempt; the server delivers no more before one is done."""
    lanes: int = 32
    window: int = 64
    """At most so many publishes wait for their acknowledgement."""
    publish_timeout: float = 5.0
    reconnect: float = 0.25
    poll: float = 1.0
    heartbeat: float = 5.0
    pull_expires: float = 30.0
    pull_heartbeat: float = 5.0
    finish: float = 15.0
    """A stop waits so long for what is in hand."""
    mark: float = 0.05
    """Acknowledged rows are marked together after so long."""
    reconcile: float = 3600.0
    """What was published is compared with its stream so often, besides at each start and new connection."""

    def delay_after(self, attempt: int) -> float:
        """Say how long to wait after this failed attempt (1 is the first)."""
        return self.delays[min(attempt, len(self.delays)) - 1]
