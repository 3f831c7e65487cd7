"""Where in the settings file a declaration stands, so that an error can point at its line."""

import re
import tomllib
from dataclasses import dataclass

_HEADER = re.compile(r"\s*\[")


@dataclass(frozen=True, slots=True)
class Places:
    """The settings file as it was read; of what no file holds, the environment's name is told instead."""

    name: str = ""
    text: str = ""

    def of(self, path: tuple[str, ...], number: int, word: str) -> str | None:
        """Return where a word of the entry of that number (from 0) of a list of tables stands, such as `settings.toml, line 7`.

        None where the file does not hold the list.
        """
        lines = self.text.splitlines()
        starts = [line for line, text in enumerate(lines) if _names(text, path) and self._is_outside(lines, line)]
        if number < len(starts):
            return f"{self.name}, line {_line_of(lines, starts[number], word) + 1}"
        key = re.compile(rf"\s*{re.escape(path[-1])}\s*=")
        found = next((line for line, text in enumerate(lines) if key.match(text)), None)
        return None if found is None else f"{self.name}, line {found + 1}"

    @staticmethod
    def _is_outside(lines: list[str], line: int) -> bool:
        """Whether a line begins outside of any text: what stands before it is then a whole file of its own."""
        try:
            tomllib.loads("\n".join(lines[:line]))
        except tomllib.TOMLDecodeError:
            return False
        return True


def _names(text: str, path: tuple[str, ...]) -> bool:
    """Whether a line begins an entry of the list of that path."""
    found = re.match(r"\s*\[\[(.+?)\]\]", text)
    return found is not None and [part.strip().strip("\"'") for part in found[1].split(".")] == list(path)


def _line_of(lines: list[str], start: int, word: str) -> int:
    """Return the line of a word in the table that begins at a line, or that line where the table lacks it."""
    key = re.compile(rf"\s*[\"']?{re.escape(word)}[\"']?\s*=")
    for line in range(start + 1, len(lines)):
        if key.match(lines[line]):
            return line
        if _HEADER.match(lines[line]):
            break
    return start
