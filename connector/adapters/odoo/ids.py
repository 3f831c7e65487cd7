"""Sets of ids in little room: numbers that follow one another are told by the first and the last."""

from collections.abc import Iterable, Iterator


def packed(ids: Iterable[int]) -> str:
    """Return ids as `1-500,502`."""
    return ",".join(f"{first}-{last}" if last > first else str(first) for first, last in _runs(sorted(set(ids))))


def unpacked(text: str) -> set[int]:
    """Return the ids that a text tells.

    Raises:
        ValueError: it tells none.
    """
    return {one for part in text.split(",") if part for one in _run(part)}


def _run(part: str) -> range:
    first, _, last = part.partition("-")
    return range(int(first), int(last or first) + 1)


def _runs(ids: list[int]) -> Iterator[tuple[int, int]]:
    start = 0
    for place, one in enumerate(ids):
        if place + 1 == len(ids) or ids[place + 1] != one + 1:
            yield ids[start], one
            start = place + 1
