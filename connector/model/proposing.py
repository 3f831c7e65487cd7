"""Settings that an account itself suggests."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Proposal:
    """A value for one setting of an adapter, for an admin to take over or not; it changes nothing by itself.

    `setting` is its name within the adapter's settings. `value` is None where nothing fits better than what is set. `seen` lists what it
    was chosen from, each with the number of records that have it, where somebody counted.
    """

    setting: str
    value: str | tuple[str, ...] | None
    because: str
    seen: tuple[tuple[str, int | None], ...] = ()
