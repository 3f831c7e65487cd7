"""What the whole test session needs."""

import gc

import pytest

WHOLE = {"users", "teams", "pipelines", "deal_splits", "campaigns", "fx_rates", "goals"}
"""The streams that an adapter may read whole each time."""


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a promise of adapters for each `stream` that a module has in `STREAMS`, or each `living` one: those that tell what changed.

    A module whose CRM tells of fewer changes names them in `LIVING`.
    """
    streams = getattr(metafunc.module, "STREAMS", ())
    living = getattr(metafunc.module, "LIVING", [one for one in streams if one not in WHOLE])
    for name, chosen in (("stream", streams), ("living", living)):
        if streams and name in metafunc.fixturenames:
            metafunc.parametrize(name, chosen)


def pytest_unconfigure() -> None:
    """Take back the collector's callback that Hypothesis leaves behind.

    It would outlive the modules at the end of the process, and DuckDB's binding would complain of leaks below pytest's last line.
    """
    gc.callbacks.clear()
