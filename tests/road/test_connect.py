"""`crm-kpi connect hubspot`: from a consent in the browser to a connection that the next command uses."""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from connector.sandbox.hubspot import Portal, hubspot_app
from connector.sandbox.hubspot.grants import CLIENT_SECRET
from connector.sandbox.running import running
from tests.road.consent import KEY, browse, by_oauth, connect
from tests.road.place import TOKEN, Desk, settings


@pytest.fixture(scope="module")
def portal(small_data: Path) -> Iterator[tuple[str, Portal]]:
    """Run a CRM whose people can let an app in."""
    app = hubspot_app(data=small_data)
    with running(app) as url:
        yield url, app.state.portal


@pytest.fixture
def desk(portal: tuple[str, Portal], tmp_path: Path) -> Desk:
    """A terminal with an OAuth app in its settings instead of a token."""
    return Desk(tmp_path, by_oauth(settings(portal[0], tmp_path)))


def stored(folder: Path) -> list[tuple[str, ...]]:
    """Return the connections that the store holds."""
    with closing(sqlite3.connect(folder / "store.sqlite")) as database:
        return database.execute("SELECT account, tenant, sealed FROM refresh_tokens").fetchall()


def test_a_consent_is_kept_for_the_next_command(portal: tuple[str, Portal], desk: Desk):
    """The command says whose account it is; the token is stored sealed and later commands use it; another key opens nothing."""
    code, said = connect(desk, browse)
    assert code == 0, said
    assert "default is connected to app.hubspot.com 20171231 (id 20171231)" in said
    ((account, tenant, sealed),) = stored(desk.folder)
    assert (account, tenant) == ("default", "20171231")
    secrets = [*portal[1].grants.refresh, *portal[1].grants.access, CLIENT_SECRET, KEY]
    assert len(secrets) > 3
    assert not [secret for secret in secrets if secret in said or secret in sealed]
    assert "Connected to app.hubspot.com 20171231" in desk.run("check")
    desk.environ["CRM_KPI_SECRET_KEY"] = "A" * 43 + "="
    assert "CRM_KPI_SECRET_KEY does not open the stored connection of 'default'" in desk.run("check", code=2)


def test_another_tenant_is_not_taken(portal: tuple[str, Portal], desk: Desk, small_data: Path):
    """An account that is bound to one portal keeps its connection when somebody lets the app into another one."""
    assert connect(desk, browse)[0] == 0
    before = stored(desk.folder)
    with running(hubspot_app(data=small_data, portal_id=777)) as url:
        desk.environ |= {"CRM_KPI_HUBSPOT__BASE_URL": url, "CRM_KPI_HUBSPOT__AUTHORIZE_URL": f"{url}/oauth/authorize"}
        code, said = connect(desk, browse)
    assert (code, stored(desk.folder)) == (3, before)
    assert "belongs to app.hubspot.com 20171231" in said
    assert "777" in said


def test_every_bad_path_says_so_and_stores_nothing(portal: tuple[str, Portal], desk: Desk):
    """No from the person, an answer to another question, nobody coming, no key and a token in the settings are each told apart."""
    portal[1].grants.consents = False
    code, said = connect(desk, browse)
    portal[1].grants.consents = True
    assert (code, "did not let us in: The user denied access.; nothing is stored" in said) == (5, True)
    code, said = connect(desk, lambda url: browse(re.sub("state=[^&]*", "state=other", url)))
    assert (code, "its state differs" in said) == (3, True)
    code, said = connect(desk, lambda _: None, "--wait", "0.1")
    assert (code, "Nobody came back from the page" in said) == (6, True)
    assert stored(desk.folder) == []
    assert "not connected to HubSpot yet; run `crm-kpi connect hubspot`" in desk.run("check", code=4)
    key = desk.environ.pop("CRM_KPI_SECRET_KEY")
    assert "CRM_KPI_SECRET_KEY is missing" in desk.run("connect", "hubspot", code=2)
    desk.environ |= {"CRM_KPI_SECRET_KEY": key, "CRM_KPI_HUBSPOT__TOKEN": TOKEN}
    del desk.environ["CRM_KPI_HUBSPOT__CLIENT_ID"]
    assert "is set up with a token, which needs no connecting" in desk.run("connect", "hubspot", code=2)
