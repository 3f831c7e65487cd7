"""Shows how far a command is: a bar on a terminal, plain lines elsewhere, always on standard error."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn
from rich.progress import Progress as RichProgress

from connector.steps import Progress, Silence

EVERY_SECONDS = 2.0


class Bars:
    """A bar for each step."""

    def __init__(self, bars: RichProgress) -> None:
        self._bars = bars
        self._tasks: dict[str, TaskID] = {}

    def advance(self, step: str, done: int, total: int | None) -> None:
        """Move the step's bar."""
        if step not in self._tasks:
            self._tasks[step] = self._bars.add_task(step, total=total)
        self._bars.update(self._tasks[step], completed=done, total=total)

    def say(self, sentence: str) -> None:
        """Print a sentence above the bars."""
        self._bars.console.print(sentence, highlight=False, markup=False)


class Lines:
    """A line now and then, for logs."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._last: dict[str, float] = {}

    def advance(self, step: str, done: int, total: int | None) -> None:
        """Print the step's state when it is new or some time has gone by; several steps may be under way at once."""
        now = time.monotonic()
        if step not in self._last or now - self._last[step] >= EVERY_SECONDS:
            self._last[step] = now
            self.say(f"{step}: {done}" + (f" of {total}" if total else ""))

    def say(self, sentence: str) -> None:
        """Print a sentence."""
        self._console.print(sentence, highlight=False, markup=False, soft_wrap=True)


@contextmanager
def watching(*, quiet: bool) -> Iterator[Progress]:
    """Give the progress that fits where standard error goes."""
    console = Console(stderr=True)
    if quiet:
        yield Silence()
    elif console.is_terminal:
        columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        with RichProgress(*columns, console=console) as bars:
            yield Bars(bars)
    else:
        yield Lines(console)
