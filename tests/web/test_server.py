"""The server inside a running event loop: it answers, it ends, and it says what is wrong with an address."""

import signal

import httpx
import pytest

from connector.errors import SettingsError
from connector.web import StatusPage, status_app, web_server
from connector.web.server import hosts_for


async def test_serves_while_the_block_runs(page: StatusPage) -> None:
    """The app answers over a real socket until the block ends, and the process keeps its own signal handlers."""
    before = signal.getsignal(signal.SIGTERM)

    async with web_server(status_app(lambda: page), "127.0.0.1:0") as url, httpx.AsyncClient() as web:
        assert (await web.get(f"{url}/health")).status_code == 200
        assert signal.getsignal(signal.SIGTERM) is before

    async with httpx.AsyncClient() as web:
        with pytest.raises(httpx.ConnectError):
            await web.get(f"{url}/health")


async def test_a_taken_port_is_said(page: StatusPage) -> None:
    """A port that another process listens on is a settings error that names the setting and the address."""
    app = status_app(lambda: page)
    async with web_server(app, "127.0.0.1:0") as url:
        taken = url.removeprefix("http://")
        with pytest.raises(SettingsError, match=f"CRM_KPI_LISTEN is '{taken}', which cannot be listened on: Address already in use"):
            async with web_server(app, taken):
                pass


@pytest.mark.parametrize("listen", ["127.0.0.1:http", "127.0.0.1:99999", "8350", ":8350"])
async def test_a_bad_address_is_said(page: StatusPage, listen: str) -> None:
    """An address that is none is a settings error."""
    with pytest.raises(SettingsError, match="no address:port"):
        async with web_server(status_app(lambda: page), listen):
            pass


@pytest.mark.parametrize(
    ("listen", "public", "hosts"),
    [
        ("127.0.0.1:8350", None, ("localhost", "127.0.0.1")),
        ("localhost:8350", None, ("localhost", "127.0.0.1")),
        ("127.0.0.1:8350", "https://kpi.example.com:8443/crm", ("localhost", "127.0.0.1", "kpi.example.com")),
        ("0.0.0.0:8350", None, ("*",)),
        ("kpi.example:80", "https://kpi.example.com", ("*",)),
    ],
)
def test_loopback_answers_to_its_own_names_only(listen: str, public: str | None, hosts: tuple[str, ...]) -> None:
    """A loopback address answers to loopback names and the one that a proxy passes on; any other address may be called by any name."""
    assert hosts_for(listen, public) == hosts
