"""A request as the endpoints see it: its parts, query and JSON body, each read by name and type and refused when unknown."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Self

from connector.sandbox.hubspot.errors import Refusal, invalid

if TYPE_CHECKING:
    from connector.sandbox.hubspot.portal import Portal

VERSIONS = frozenset({"2026-03", "2026-09"})
"""The date versions that are answered (hubspot.md 1)."""
_TRUTHS = {"true": True, "false": False}


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes back: a status and a JSON body (None: no content), or where to go instead."""

    status: int
    body: Mapping[str, object] | None
    location: str = ""


class Fields:
    """A JSON object of a request body."""

    def __init__(self, value: object, where: str = "body") -> None:
        if not isinstance(value, dict):
            raise invalid(f"Invalid input JSON: {where} must be an object.")
        self.values: dict[str, object] = value
        self._where = where

    def only(self, *names: str) -> Self:
        """Return self, after refusing every field not named.

        Raises:
            Refusal: there is another field.
        """
        for name in self.values:
            if name not in names:
                raise invalid(f'Invalid input JSON: unrecognized field "{name}" in {self._where}; known are {", ".join(names)}.')
        return self

    def text(self, name: str, default: str | None = None) -> str:
        """Return a text, or the default where it is absent.

        Raises:
            Refusal: it is absent without default, or is no text.
        """
        value = self.values.get(name)
        if value is None and default is not None:
            return default
        if not isinstance(value, str):
            raise invalid(f'Invalid input JSON: "{name}" in {self._where} must be a string.')
        return value

    def identifier(self, name: str = "id") -> str:
        """Return an id, which the vendor takes as text or number.

        Raises:
            Refusal: it is neither.
        """
        value = self.values.get(name)
        if isinstance(value, bool) or not isinstance(value, str | int):
            raise invalid(f'Invalid input JSON: "{name}" in {self._where} must be an id.')
        return str(value)

    def flag(self, name: str, *, default: bool = False) -> bool:
        """Return a boolean.

        Raises:
            Refusal: it is none.
        """
        value = self.values.get(name, default)
        if not isinstance(value, bool):
            raise invalid(f'Invalid input JSON: "{name}" in {self._where} must be a boolean.')
        return value

    def whole(self, name: str, default: int) -> int:
        """Return a whole number, written as such or as digits.

        Raises:
            Refusal: it is none; the words are those seen for a list cursor sent to search (field lesson 17).
        """
        value = self.values.get(name, default)
        if isinstance(value, str) and value.isdigit():
            return int(value)
        if isinstance(value, bool) or not isinstance(value, int):
            raise invalid(f'Cannot deserialize value of type `int` from "{value}": "{name}" in {self._where} is not a valid integer.')
        return value

    def number(self, name: str, default: float) -> float:
        """Return a number.

        Raises:
            Refusal: it is none.
        """
        value = self.values.get(name, default)
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise invalid(f'Invalid input JSON: "{name}" in {self._where} must be a number.')
        return value

    def texts(self, name: str) -> list[str]:
        """Return a list of texts, empty where it is absent.

        Raises:
            Refusal: it is something else.
        """
        return [_text(value, name) for value in self._list(name)]

    def rows(self, name: str, maximum: int | None = None) -> list["Fields"]:
        """Return a list of objects, empty where it is absent.

        Raises:
            Refusal: it is something else, or longer than `maximum`.
        """
        rows = [Fields(value, f"{name}[{number}]") for number, value in enumerate(self._list(name))]
        if maximum is not None and len(rows) > maximum:
            raise invalid(f"The maximum number of {name} supported in a batch request is {maximum}, but {len(rows)} were given.")
        return rows

    def inner(self, name: str) -> "Fields":
        """Return an object inside this one.

        Raises:
            Refusal: it is absent or something else.
        """
        return Fields(self.values.get(name), name)

    def _list(self, name: str) -> Sequence[object]:
        value = self.values.get(name, [])
        if not isinstance(value, list):
            raise invalid(f'Invalid input JSON: "{name}" in {self._where} must be an array.')
        return value


def _text(value: object, name: str) -> str:
    if not isinstance(value, str):
        raise invalid(f'Invalid input JSON: "{name}" must hold strings.')
    return value


def property_text(value: object) -> str | None:
    """Return a property value of a write as text; JSON numbers and booleans are taken too, anything else is None."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return format(Decimal(repr(value)), "f")
    return value if isinstance(value, str) else None


@dataclass(frozen=True, slots=True)
class Call:
    """One request; `base` is the scheme and host it was sent to, `parts` the named pieces of its path, `bearer` its token."""

    method: str
    base: str
    path: str
    parts: Mapping[str, str]
    query: Mapping[str, Sequence[str]] = field(default_factory=dict)
    content: object = None
    bearer: str = ""

    @property
    def body(self) -> Fields:
        """The JSON body.

        Raises:
            Refusal: there is none, or it is no object.
        """
        return Fields(self.content)

    @property
    def is_dated(self) -> bool:
        """Whether the path is one of the date-versioned ones."""
        return not VERSIONS.isdisjoint(self.path.split("/")[:4])

    def only(self, *names: str) -> None:
        """Refuse query parameters that are not named.

        Raises:
            Refusal: there is one.
        """
        for name in self.query:
            if name not in names:
                raise invalid(f'Unknown query parameter "{name}"; known are {", ".join(names) or "none"}.')

    def word(self, name: str, default: str = "") -> str:
        """Return the last value of a query parameter."""
        values = self.query.get(name)
        return values[-1] if values else default

    def names(self, name: str) -> list[str]:
        """Return a list given comma-separated, repeated, or both."""
        return [word.strip() for value in self.query.get(name, ()) for word in value.split(",") if word.strip()]

    def flag(self, name: str) -> bool:
        """Return a boolean parameter, false where it is absent.

        Raises:
            Refusal: it is neither true nor false.
        """
        word = self.word(name, "false")
        if word not in _TRUTHS:
            raise invalid(f'Query parameter "{name}" must be true or false, not "{word}".')
        return _TRUTHS[word]

    def limit(self, default: int, maximum: int) -> int:
        """Return the page size.

        Raises:
            Refusal: it is no number from 1 to `maximum`.
        """
        word = self.word("limit", str(default))
        if not word.isdigit() or not 1 <= int(word) <= maximum:
            raise invalid(f'Query parameter "limit" must be a number from 1 to {maximum}, not "{word}".')
        return int(word)


Handler = Callable[["Portal", Call], Answer]
"""An endpoint: reads and changes the portal, answers or raises `Refusal`."""
__all__ = ["Answer", "Call", "Fields", "Handler", "Refusal", "property_text"]
