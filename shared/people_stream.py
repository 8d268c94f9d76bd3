"""Streams of state, of people and of who is invited: the last message of each, and no older value in their files.

A stream that keeps one message for each subject lets go of the one before, but leaves its bytes in the file. So the
one before is erased first: `STREAM.MSG.DELETE` overwrites the bytes where they stand (`no_erase` is false). A crash
in between loses nothing, because the outbox row is marked only after the last step.
"""

import asyncio
from collections.abc import Iterable, Mapping

from nats.js import JetStreamContext, api
from nats.js.errors import NotFoundError

from shared import envelope
from shared.streams import PEOPLE

READ_TOGETHER = 64
DEDUPE = "Nats-Msg-Id"


async def put_person(
    jetstream: JetStreamContext, subject: str, headers: Mapping[str, str], body: bytes, stream: str = PEOPLE
) -> int:
    """Publish a person's present state and give its place, after erasing the state before.

    The server refuses when another message has come meanwhile: it would be let go without being erased. The message
    carries no id to be deduplicated by: a repeat of one that has just been erased must be stored.
    """
    await erase_person(jetstream, subject, stream)
    sent = {name: value for name, value in envelope.encoded(headers).items() if name != DEDUPE}
    sent[api.Header.EXPECTED_LAST_SUBJECT_SEQUENCE.value] = "0"
    return (await jetstream.publish(subject, body, headers=sent)).seq


async def erase_person(jetstream: JetStreamContext, subject: str, stream: str = PEOPLE) -> bool:
    """Overwrite a person's message in the stream's files and let it go; false when there is none."""
    try:
        message = await jetstream.get_last_msg(stream, subject, direct=True)
        if message.seq is None:
            return False
        await jetstream.delete_msg(stream, message.seq)
    except NotFoundError:
        return False
    return True


async def versions_held(jetstream: JetStreamContext, stream: str = PEOPLE) -> dict[str, int]:
    """Give which version of each person the stream holds, by subject; 0 where the message does not say."""
    subjects = (await jetstream.stream_info(stream, subjects_filter=">")).state.subjects or {}
    held: dict[str, int] = {}
    for some in _in_parts(sorted(subjects)):
        versions = await asyncio.gather(*(_version(jetstream, subject, stream) for subject in some))
        held.update({subject: version for subject, version in zip(some, versions, strict=True) if version is not None})
    return held


async def _version(jetstream: JetStreamContext, subject: str, stream: str) -> int | None:
    try:
        message = await jetstream.get_last_msg(stream, subject, direct=True)
    except NotFoundError:
        return None
    text = envelope.attributes(message.headers or {}).get("sequence", "")
    return int(text) if text.isdigit() else 0


def _in_parts(subjects: list[str]) -> Iterable[list[str]]:
    return (subjects[start : start + READ_TOGETHER] for start in range(0, len(subjects), READ_TOGETHER))
