"""A request as the endpoints see it: the names in its path, its query with every value, its JSON body."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from connector.sandbox.clickup.errors import bad

Raw = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Call:
    """One request."""

    path: Mapping[str, str]
    query: Mapping[str, Sequence[str]]
    body: Raw

    def words(self, name: str) -> Sequence[str]:
        """Return the values of a list, which is written with or without brackets."""
        return [*self.query.get(f"{name}[]", ()), *self.query.get(name, ())]

    def word(self, name: str, default: str = "") -> str:
        """Return a text."""
        return self.query.get(name, [default])[0]

    def truth(self, name: str) -> bool:
        """Return whether something is switched on."""
        return self.word(name) == "true"

    def whole(self, name: str) -> int | None:
        """Return a number, None where there is none.

        Raises:
            Refusal: it is no number.
        """
        text = self.word(name)
        if not text:
            return None
        if not text.lstrip("-").isdigit():
            raise bad(f"{name} invalid")
        return int(text)
