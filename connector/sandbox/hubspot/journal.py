"""Counts what was asked and written, so that a person or a test can see that a run sent nothing."""

from collections import Counter
from dataclasses import dataclass, field


@dataclass(slots=True)
class Journal:
    """Requests by class ("POST objects/deals/batch/update"), and what writes changed."""

    requests: Counter[str] = field(default_factory=Counter)
    writes: Counter[str] = field(default_factory=Counter)
    records: int = 0
    """How many times a record was created, changed or archived."""
    values: int = 0
    """How many property values came out different."""

    def count(self, label: str, *, is_write: bool) -> None:
        """Count one request, whatever became of it."""
        self.requests[label] += 1
        if is_write:
            self.writes[label] += 1

    def clear(self) -> None:
        """Begin again at nothing."""
        self.requests.clear()
        self.writes.clear()
        self.records = self.values = 0

    def body(self) -> dict[str, object]:
        """Return all counts as JSON."""
        return {
            "total": self.requests.total(),
            "writes": self.writes.total(),
            "records_written": self.records,
            "values_changed": self.values,
            "requests": dict(self.requests),
            "write_requests": dict(self.writes),
        }
