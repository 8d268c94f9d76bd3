"""What is said of copies, before any of them is rebuilt."""

import pytest
from nats.aio.client import Client
from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from shared import columns
from shared.copies import Copies, Kind
from shared.messages.registry import ProblemNamed
from shared.replay import Reader, _place


class Base(DeclarativeBase):
    metadata = columns.new_metadata()


class Known(Base):
    __tablename__ = "known"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    version: Mapped[int]


class Part(Base):
    __tablename__ = "part"

    id: Mapped[int] = mapped_column(primary_key=True)
    known_id: Mapped[str] = mapped_column(ForeignKey("known.id"))


def copies_with(kind):
    copies = Copies()
    copies.add(ProblemNamed, kind)
    return copies


def test_a_copy_that_a_row_of_ours_refers_to_cannot_be_rebuilt():
    """Fails without the look at foreign keys: the swap would take our rows away, or be refused in its middle."""
    with pytest.raises(ValueError, match="part refers to known"):
        _ = copies_with(Kind(Known, dict)).tables


def test_parents_come_before_their_parts_and_only_types_that_are_kept_are_read():
    copies = copies_with(Kind(Known, dict, {Part.known_id: lambda _: ()}))
    assert [table.name for table in copies.tables] == ["known", "part"]
    assert copies.subjects == {"REGISTRY": ["osiedle.registry.problem.named.v1.*"]}
    assert Copies().tables == []


@pytest.mark.parametrize(
    "raw",
    [
        b"ce-type: x\r\nce-id:1\r\n\r\n",
        "ce-subject: żółw\r\nempty:\r\ntwo: a: b\r\n\r\n".encode(),
        b"spaced name: x\r\nno colon\r\n\xc5: y\r\n : z\r\nce-id: \xff\r\n\r\n",
    ],
)
def test_headers_are_read_as_the_library_reads_them(raw):
    """The quicker reader must give what the listener gets; a nameless header, which nobody can ask for, is left out."""
    theirs = {name: value for name, value in Client._parse_header_lines(raw).items() if name}
    assert Reader._parse_header_lines(raw) == theirs


async def test_what_is_asked_for_goes_straight_to_who_asked_and_all_else_the_librarys_way():
    """Fails when the library calls its methods otherwise: a rebuild goes on, in three times the time."""
    taken, reader = [], Reader()
    reader.takers[7] = lambda *parts: taken.append(parts)
    reader._ps.buf.extend(
        b"HMSG osiedle.x 7 $JS.ACK.S.c.1.5.6.0.8 22 25\r\nNATS/1.0\r\nce-id: 1\r\n\r\nabc\r\n"
        b"MSG other 8 reply 2\r\nhi\r\nHMSG inbox 7 16 16\r\nNATS/1.0 404\r\n\r\n\r\n"
    )
    await reader._ps.parse()
    assert taken == [(b"osiedle.x", b"$JS.ACK.S.c.1.5.6.0.8", b"abc", b"NATS/1.0\r\nce-id: 1\r\n\r\n")]
    assert reader.stats["in_msgs"] == 2


def test_a_place_is_read_out_of_both_forms_of_an_acknowledgement():
    assert _place("$JS.ACK.S.c.1.5.6.1700000000.8") == (5, 8)
    assert _place("$JS.ACK._.hash.S.c.1.5.6.1700000000.8.token") == (5, 8)
