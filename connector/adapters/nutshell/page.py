"""Turns records into pages, as `rows` does; of a person no names, addresses and texts are kept."""

from collections.abc import Callable, Iterable, Sequence

from connector.adapters import rows
from connector.adapters.nutshell.parse import Row
from connector.http import Body
from connector.model import Page, Record, Stream

Read = Callable[[Row], Iterable[Record]]
_OF_PEOPLE = ("id", "type", "links")


def page_of(stream: Stream, bodies: Sequence[Body], read: Read) -> Page:
    """Read records into a page that is not part of a pass yet."""
    return rows.page_of(stream, bodies, Row, read, of_people=_OF_PEOPLE)
