"""A person who lets an app into the CRM: `crm-kpi connect hubspot` in one window, the browser in the other."""

import subprocess
from collections.abc import Callable

import httpx

from connector.sandbox.hubspot.grants import CLIENT_ID, CLIENT_SECRET
from tests.road.place import Desk

KEY = "c2l4dGVlbiBhbmQgc2l4dGVlbiBieXRlcyBhIGtleSE="
Visit = Callable[[str], None]


def by_oauth(environ: dict[str, str]) -> dict[str, str]:
    """Return settings with an OAuth app instead of a token."""
    url = environ["CRM_KPI_HUBSPOT__BASE_URL"]
    app = {"CLIENT_ID": CLIENT_ID, "CLIENT_SECRET": CLIENT_SECRET, "AUTHORIZE_URL": f"{url}/oauth/authorize"}
    kept = {name: value for name, value in environ.items() if name != "CRM_KPI_HUBSPOT__TOKEN"}
    return kept | {"CRM_KPI_SECRET_KEY": KEY} | {f"CRM_KPI_HUBSPOT__{name}": value for name, value in app.items()}


def connect(desk: Desk, visit: Visit, *words: str) -> tuple[int, str]:
    """Start the command, go with its address to the browser, and return exit code and all that was said."""
    process: subprocess.Popen[str] = desk.start("connect", "hubspot", "--port", "0", *words)
    assert process.stdout is not None
    said = ""
    for line in process.stdout:
        said += line
        if line.startswith("http"):
            visit(line.strip())
            break
    out, errors = process.communicate(timeout=60)
    return process.returncode, said + out + errors


def browse(url: str) -> None:
    """Go where the pages lead, as a browser does."""
    assert httpx.get(url, follow_redirects=True).status_code == 200
