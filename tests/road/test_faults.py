"""Whatever goes wrong at random over a first load and five days of changes, store and CRM end as if nothing had gone wrong."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from connector.sandbox.hubspot import hubspot_app
from connector.sandbox.hubspot.storm import KINDS
from connector.sandbox.running import running
from tests.road.place import Crm, client
from tests.road.weather import FAIR, Days, Weather, differing, fields, goals, kept, open_items

SEED = 20171231
DAYS = 5
STORM = (0.3, 0.012)
"""What goes wrong of the batches that write records, and of all other requests."""


def lived_through(data: Path, folder: Path, weather: Weather) -> tuple[Days, Any, Any, Any]:
    """Let the days pass over a CRM of its own; return them with what store and CRM hold then."""
    folder.mkdir()
    with running(hubspot_app(data=data, burst=100_000, search_per_second=1_000)) as url, client(url) as http:
        crm = Crm(url, http)
        days = Days.begin(crm, folder)
        days.pass_by(DAYS, SEED, weather)
        return days, kept(f"{folder}/store.sqlite"), fields(crm, f"{folder}/store.sqlite"), goals(crm)


@pytest.mark.timeout(600)
def test_a_storm_of_faults_changes_nothing_in_the_end(small_data: Path, tmp_path: Path):
    """Every kind of fault fires, runs end early and are run again, and every row, field and goal ends as it does without faults."""
    with ThreadPoolExecutor() as threads:
        fair = threads.submit(lived_through, small_data, tmp_path / "fair", FAIR)
        storm = threads.submit(lived_through, small_data, tmp_path / "storm", STORM)
    _, rows, fields_expected, targets = fair.result()
    days, found, fields_found, targets_found = storm.result()

    print(f"\nfaults: {dict(days.fired)}\nruns: {dict(days.ended)}")  # noqa: T201 - that they fired is half of the result
    assert set(days.fired) == set(KINDS)
    assert differing(found, rows) == {}
    assert fields_found == fields_expected
    assert targets_found == targets
    assert open_items(f"{tmp_path}/storm/store.sqlite") == []
