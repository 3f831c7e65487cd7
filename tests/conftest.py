"""What the whole test session needs."""

import gc


def pytest_unconfigure() -> None:
    """Take back the collector's callback that Hypothesis leaves behind.

    It would outlive the modules at the end of the process, and DuckDB's binding would complain of leaks below pytest's last line.
    """
    gc.callbacks.clear()
