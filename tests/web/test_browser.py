"""The status page as a browser shows it."""

import os
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, async_playwright

from connector.web import AccountStatus, StatusPage, status_app, web_server

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
pytestmark = pytest.mark.skipif(CHROMIUM is None and not os.environ.get("CI"), reason="no chromium on this machine")


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    """Return the system's browser."""
    assert CHROMIUM, "CI must have chromium"
    async with async_playwright() as play:
        browser = await play.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        await browser.close()


@pytest.mark.parametrize(("name", "width", "height"), [("desktop", 1280, 900), ("phone", 390, 844)])
async def test_page_fits_and_asks_for_nothing_else(
    browser: Browser, page: StatusPage, failed: AccountStatus, tmp_path: Path, name: str, width: int, height: int
) -> None:
    """Wide and narrow screens show both accounts, never scroll sideways and fetch the page's own files only; wide ones cut no table."""
    told: list[str] = []
    asked: list[str] = []
    both = StatusPage(page.made_at, page.version, (*page.accounts, failed))
    async with web_server(status_app(lambda: both), "127.0.0.1:0") as url:
        tab = await browser.new_page(viewport={"width": width, "height": height})
        tab.on("console", lambda message: told.append(message.text))
        tab.on("request", lambda request: asked.append(request.url.removeprefix(url)))
        await tab.goto(url)

        assert await tab.locator("h1").all_inner_texts() == ["acme\nok", "beta\nfailing"]
        assert await tab.get_by_role("row", name="Revenue won").first.inner_text() == (
            "Revenue won\t1,131,573 USD\t2,802,496 USD\t10,005,534 USD\t10,005,534 USD"
        )
        assert await tab.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
        if name == "desktop":
            cut = "[...document.querySelectorAll('.wide')].map(one => one.scrollWidth - one.clientWidth)"
            assert set(await tab.evaluate(cut)) == {0}
        assert await tab.evaluate("getComputedStyle(document.querySelector('.account')).borderTopWidth") == "1px"
        shot = await tab.screenshot(path=tmp_path / f"{name}.png", full_page=True)
        await tab.close()

    assert len(shot) > 10_000
    assert told == []
    assert set(asked) <= {"/", "/style.css", "/icon.svg"}
