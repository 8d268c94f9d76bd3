"""The kind of a browser in two words, so that people know their own devices again in a list."""

BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
"""Words of a User-Agent, the most telling first: many browsers claim to be Chrome or Safari too."""
SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)


def label_of(user_agent: str) -> str:
    """Name a browser by its User-Agent (RFC 9110 §10.1.5), such as `Firefox, Android`; empty when nothing is known."""
    words = [next((name for sign, name in signs if sign in user_agent), None) for signs in (BROWSERS, SYSTEMS)]
    return ", ".join(word for word in words if word)
