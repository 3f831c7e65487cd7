"""Goes through days of random faults, one seed after another, and says whether each ends as the same days do without faults."""

import argparse
import csv
import logging
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from connector.cli.words import say, table
from connector.sandbox.hubspot import hubspot_app
from connector.sandbox.running import running
from tests.road.place import MAVEN, Crm, client
from tests.road.weather import FAIR, Days, Rows, Weather, differing, fields, goals, kept, open_items


class End(NamedTuple):
    """What is there after all days."""

    days: Days
    rows: Rows
    fields: object
    goals: object
    open: int


def main() -> None:
    """Compare seed by seed; ends with 1 when something came out different."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3])
    parser.add_argument("--days", type=int, default=5)
    parser.add_argument("--every", type=int, default=40, help="take every so many of the 8,800 real deals")
    parser.add_argument("--batches", type=float, default=0.4, help="share of the batches that write records that go wrong")
    parser.add_argument("--others", type=float, default=0.03, help="share of all other requests that go wrong")
    parser.add_argument("--keep", type=Path, help="an empty folder in which the stores stay, to look at what came out different")
    asked = parser.parse_args()
    logging.disable(logging.WARNING)
    ends = [_compared(seed, asked) for seed in asked.seeds]
    raise SystemExit(int(not all(ends)))


def _compared(seed: int, asked: argparse.Namespace) -> bool:
    with _folder(asked.keep, seed) as folder:
        data = _few(folder, asked.every)
        began = time.monotonic()
        fair = _lived(folder / "fair", data, (seed, asked.days, FAIR))
        storm = _lived(folder / "storm", data, (seed, asked.days, (asked.batches, asked.others)))
    gaps = differing(storm.rows, fair.rows)
    is_same = not gaps and storm.fields == fair.fields and storm.goals == fair.goals and not storm.open
    rows = [[kind, str(count)] for kind, count in sorted(storm.days.fired.items())]
    table(f"Seed {seed}: {sum(storm.days.fired.values())} faults", ("fault", "times"), rows, right=(1,))
    ended = ", ".join(f"{count} {how}" for how, count in storm.days.ended.items())
    say(f"Runs: {ended}. {'The same' if is_same else 'DIFFERENT'} in the end, {storm.open} values open, {time.monotonic() - began:.0f} s.")
    for name, gap in gaps.items():
        say(f"  {name}: {gap}")
    if storm.fields != fair.fields:
        say(f"  fields: {_pairs(storm.fields) ^ _pairs(fair.fields)}")
    if storm.goals != fair.goals:
        say(f"  goals: {storm.goals} instead of {fair.goals}")
    return is_same


@contextmanager
def _folder(keep: Path | None, seed: int) -> Iterator[Path]:
    if keep is None:
        with tempfile.TemporaryDirectory() as folder:
            yield Path(folder)
    else:
        folder = keep / str(seed)
        folder.mkdir(parents=True)
        yield folder


def _pairs(fields: object) -> set[object]:
    return set(fields.items()) if isinstance(fields, dict) else set()


def _lived(folder: Path, data: Path, plan: tuple[int, int, Weather]) -> End:
    folder.mkdir()
    seed, days, weather = plan
    store = f"{folder}/store.sqlite"
    with running(hubspot_app(data=data, burst=100_000, search_per_second=1_000)) as url, client(url) as http:
        crm = Crm(url, http)
        lived = Days.begin(crm, folder)
        lived.pass_by(days, seed, weather)
        return End(lived, kept(store), fields(crm, store), goals(crm), len(open_items(store)))


def _few(folder: Path, every: int) -> Path:
    data = folder / "data"
    data.mkdir()
    for name in ("accounts", "products", "sales_teams"):
        (data / f"{name}.csv").write_bytes((MAVEN / f"{name}.csv").read_bytes())
    with (MAVEN / "sales_pipeline.csv").open(newline="", encoding="utf-8") as source:
        rows = list(csv.reader(source))
    with (data / "sales_pipeline.csv").open("w", newline="", encoding="utf-8") as out:
        csv.writer(out).writerows([rows[0], *rows[1::every]])
    return data


if __name__ == "__main__":
    main()
