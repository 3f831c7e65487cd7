"""A batch of writes, for CRMs that take one record at a time."""

from collections.abc import Mapping, Sequence

from connector.model import FieldWrite


def by_record(writes: Sequence[FieldWrite], most: int) -> Mapping[str, Sequence[FieldWrite]]:
    """Return the writes of a batch by the record that they are for.

    Raises:
        ValueError: they are of several entities, or for more than `most` records.
    """
    rows: dict[str, list[FieldWrite]] = {}
    for one in writes:
        rows.setdefault(one.record, []).append(one)
    if len({one.entity for one in writes}) > 1 or len(rows) > most:
        raise ValueError(f"A batch is for one entity and at most {most} records.")
    return rows
