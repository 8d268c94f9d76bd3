"""The doctor: looks at everything that an installation stands on, and says of each what to do."""

from deploy.doctor.checks import Result, State, worst
from deploy.doctor.examining import examine

__all__ = ["Result", "State", "examine", "worst"]
