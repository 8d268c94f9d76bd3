"""The schema of the release before this one: upgrades are tried from here, and what comes after must only expand.

Whoever makes a release moves each number to the newest revision of that release (UPGRADING.md, for maintainers).
"""

PREVIOUS = {"registry": "0070", "calendar": "0021", "map": "0080", "notifications": "0010"}
