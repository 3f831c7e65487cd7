"""Rows on their way into the store."""

import resource
from collections.abc import Iterator
from pathlib import Path

import pytest

from connector.errors import ConnectorError
from connector.store.draft import CHUNK, Draft
from connector.store.rows import Cell


def test_every_row_comes_back(tmp_path: Path):
    """What was written down comes back whole and in order, each kind by itself, more than one chunk of it or none, as often as asked."""
    many: list[list[Cell]] = [[number, f'line\n"{number}" \u2028 ü', None] for number in range(CHUNK + 1)]
    with Draft(tmp_path) as draft:
        draft.add("many", iter(many))
        draft.add("none", ())
        draft.add("one", [("x",)])
        for _ in range(2):
            assert [row for rows in draft.chunks("many") for row in rows] == many
            assert list(draft.chunks("none")) == []
            assert list(draft.chunks("one")) == [[("x",)]]
        assert [draft.count(kind) for kind in ("many", "none", "one")] == [CHUNK + 1, 0, 1]


def test_nothing_is_left_behind(tmp_path: Path):
    """The file can be found by nobody, while it is written and afterwards."""

    def rows() -> Iterator[list[Cell]]:
        assert list(tmp_path.iterdir()) == []
        yield [1]

    with Draft(tmp_path) as draft:
        draft.add("some", rows())
        assert list(tmp_path.iterdir()) == []
    with pytest.raises(ValueError, match="closed"):
        draft.add("more", [[2]])


def test_a_full_disk_is_told(tmp_path: Path):
    """Where no more can be written, the error names the folder."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    with Draft(tmp_path) as draft:
        resource.setrlimit(resource.RLIMIT_FSIZE, (1_000, before[1]))
        try:
            with pytest.raises(ConnectorError, match=str(tmp_path)):
                draft.add("some", (["x" * 100] for _ in range(100)))
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, before)
