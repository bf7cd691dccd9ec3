"""Tells those who wait in this process that something new is there, so that nobody has to ask every moment."""

from __future__ import annotations

import asyncio


class News:
    def __init__(self) -> None:
        self.next = asyncio.Event()
        """Take it before looking, and wait for it when there was nothing: so nothing is missed in between."""

    def ring(self) -> None:
        waiting, self.next = self.next, asyncio.Event()
        waiting.set()


news = News()
