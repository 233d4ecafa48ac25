"""What do tests of providers share? A mail server and a web server of their own."""

from collections.abc import AsyncIterator

import pytest_asyncio

from support.notifier_stand_ins import MailServer, WebServer, mail_server, web_server


@pytest_asyncio.fixture
async def mail() -> AsyncIterator[MailServer]:
    async with mail_server() as server:
        yield server


@pytest_asyncio.fixture
async def web() -> AsyncIterator[WebServer]:
    async with web_server() as server:
        yield server
