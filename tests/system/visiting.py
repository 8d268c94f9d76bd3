"""One visitor of a marked neighbourhood: reads and tries everything, and searches every byte of what they are shown."""

from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

import httpx

from tests.system.crawling import PAGE, Address, Ids, Routes, questions, reading
from tests.system.marked import Mark, Marks
from tests.system.marked_town import MarkedTown
from tests.system.stack import event


@dataclass
class Seen:
    """What one role was shown: how many outputs, and each marked value with the first place where it stood."""

    outputs: int = 0
    faults: list[str] = field(default_factory=list)
    places: dict[Mark, str] = field(default_factory=dict)

    def take(self, marks: Marks, place: str, data: bytes, typed: str = "") -> None:
        """Search one output; what whoever asked typed may be echoed to them."""
        self.outputs += 1
        for mark in marks.found(data):
            if mark.value != typed:
                self.places.setdefault(mark, place)


class Visitor:
    """Somebody (None: a stranger), or who shows their `key`, asks for everything and searches what they get."""

    def __init__(self, town: MarkedTown, who: str | None, routes: Routes, ids: Ids, key: str | None = None) -> None:
        self.town, self.who, self.routes, self.ids = town, who, routes, ids
        self.browser = town.bearing(key, **PAGE) if key else town.browser(who)
        self.program = town.bearing(key) if key or who is None else town.program(who)
        self.seen = Seen()
        self.heard = b""

    def close(self) -> None:
        """End both connections."""
        self.browser.close()
        self.program.close()

    def ask(self, method: str, path: str, *, page: bool, typed: str = "", **options: Any) -> httpx.Response:
        """Ask for one thing and search the answer."""
        answer = (self.browser if page else self.program).request(method, path, **options)
        if answer.status_code >= 500:
            self.seen.faults.append(f"{method} {path} {options.get('params', '')}")
        self.seen.take(self.town.marks, f"{method} {path} {options.get('params', '')}", answer_bytes(answer), typed)
        return answer

    def read_everything(self) -> None:
        """Read every address, with every query, page after page."""
        for address in reading(self.routes, self.ids):
            for query in questions(address, self.ids):
                self._read(address, query)
        for odd in ("/registry/nowhere", "/calendar/api/v1/nowhere", "/nowhere", "/map/api/v1/places?nobody_knows=1"):
            self.ask("GET", odd, page="/api/" not in odd)

    def _read(self, address: Address, query: dict[str, str]) -> None:
        answer = self.ask("GET", address.path, page=address.is_page, params=query)
        for _ in range(20):
            following = following_of(answer)
            if following is None:
                return
            answer = self.ask("GET", following, page=address.is_page)

    def search_for(self, mark: Mark) -> None:
        """Type a private value wherever words can be searched: it may be echoed, and finds nothing."""
        for address in reading(self.routes, self.ids):
            if "q" in [one["name"] for one in address.query]:
                answer = self.ask("GET", address.path, page=address.is_page, params={"q": mark.value}, typed=mark.value)
                if not address.is_page:
                    is_found = answer.status_code == HTTPStatus.OK and "json" in answer.headers["content-type"]
                    found = answer.json() if is_found else {}  # a refusal finds nothing; a file is searched as it is
                    rows = [found.get(name, []) for name in ("items", "features", "busy")]
                    assert rows == [[], [], []], f"{self.who}: {address.path} finds by {mark}"

    def write_in_vain(self) -> None:
        """Try every write so that it is refused: with what nobody knows, of old, where it is taken, from elsewhere."""
        for method, template, operation in self.routes.described():
            for path in self.ids.filled(template)[:3] if method != "GET" else ():
                self._refused(method, path, params={"nobody_knows": "1"}, json={})
                if "requestBody" in operation:
                    self._refused(method, path, json={"nobody_knows": 1}, headers={"If-Match": '"1"'})
                if method in ("PATCH", "PUT"):
                    self._refused(method, path, json={}, headers={"If-Match": '"999999"'})
        taken = event("Drugie spotkanie", self.town.hall, *self.town.organisations.values(), days=9)
        self._refused("POST", "/calendar/api/v1/events", json=taken)
        for method, template, _ in self.routes.pages if "authorization" not in self.browser.headers else ():
            for path in self.ids.filled(template)[:2] if method not in ("GET", "HEAD") else ():
                self._refused(method, path, page=True, data={}, headers={"Sec-Fetch-Site": "cross-site"})

    def _refused(self, method: str, path: str, *, page: bool = False, **options: Any) -> None:
        answer = self.ask(method, path, page=page, **options)
        assert answer.status_code >= 400, f"{self.who}: {method} {path} {options}: {answer.status_code}"

    def listen(self, word: bytes, seconds: float) -> None:
        """Hear the stream of alerts until a word comes, or nothing does for so many seconds."""
        try:
            with self.program.stream("GET", "/notifications/api/v1/stream", timeout=seconds) as answer:
                for chunk in answer.iter_bytes():
                    self.heard += chunk
                    if word in self.heard:
                        break
        except httpx.TimeoutException:
            pass
        self.seen.take(self.town.marks, "the stream of alerts", self.heard)


def following_of(answer: httpx.Response) -> str | None:
    """Name the next page of a list, or none."""
    if "json" not in answer.headers.get("content-type", "") or not isinstance(answer.json(), dict):
        return None
    following = answer.json().get("next")
    return following if isinstance(following, str) else None


def answer_bytes(answer: httpx.Response) -> bytes:
    """Give all of an answer that a caller gets: status line, headers, body."""
    lines = [f"{name}: {value}" for name, value in answer.headers.multi_items()]
    return "\n".join(lines).encode() + b"\n\n" + answer.content
