"""What is to go wrong in the memory CRM, so that what stands above it can be tried on bad days."""

from dataclasses import dataclass, field

from connector.model import Stream


@dataclass
class Faults:
    """What is to go wrong: counted down with each page or write, 0 is the next one."""

    page: int | None = None
    write: int | None = None
    does_write_land: bool = False
    refused: set[Stream] = field(default_factory=set)
    left_out: set[Stream] = field(default_factory=set)

    def take_page(self) -> bool:
        """Whether this page fails."""
        self.page = None if self.page is None else self.page - 1
        return self.page == -1

    def take_write(self) -> bool:
        """Whether this write stays without an answer."""
        self.write = None if self.write is None else self.write - 1
        return self.write == -1
