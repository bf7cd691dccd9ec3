"""For tests: a whole `python -m embedded run` in a folder and on ports of its own, watched from outside."""

import asyncio
import json
import os
import re
import signal
import subprocess
import sys
import urllib.request
import uuid
from pathlib import Path

from embedded.process import until
from embedded.rooms import EVERYBODY
from embedded.settings import Settings
from embedded.stack import free_settings

READY = "Ctrl-C ends everything"
"""What it says last when everything runs."""


class Portal:
    def __init__(self, folder: Path, **environment: str) -> None:
        self.folder = folder
        self.settings: Settings = free_settings(folder / "var")
        self.mark = uuid.uuid4().hex
        self.output = folder / "output"
        ports = {f"HOFTOR_{name.upper()}": str(port) for name, port in self.settings if name.endswith("_port")}
        self.environment = {
            **os.environ,
            **ports,
            "HOFTOR_DATA": str(self.settings.data),
            "HOFTOR_QUICK": "yes",
            "HOFTOR_DEMO": "no",
            "A_MARK": self.mark,
            **environment,
        }
        self.running: subprocess.Popen[bytes] | None = None

    def launch(self) -> None:
        with self.output.open("wb") as output:
            self.running = subprocess.Popen(
                [sys.executable, "-m", "embedded", "run"], env=self.environment, stdout=output, stderr=subprocess.STDOUT
            )

    async def says(self, pattern: str, within: float = 60.0) -> re.Match[str]:
        async def said() -> bool:
            return re.search(pattern, self.text()) is not None or self.ended

        await until(said, within, f"{pattern!r} in:\n{self.text()}")
        found = re.search(pattern, self.text())
        assert found, self.text()
        return found

    def text(self) -> str:
        return self.output.read_text("utf-8", "replace")

    @property
    def ended(self) -> bool:
        return self.running is None or self.running.poll() is not None

    def send(self, number: signal.Signals) -> None:
        assert self.running is not None
        self.running.send_signal(number)

    async def exit_code(self, within: float = 30.0) -> int:
        async def gone() -> bool:
            return self.ended

        await until(gone, within, "the end of the portal")
        assert self.running is not None
        assert self.running.returncode is not None
        return self.running.returncode

    async def asks(self, room: str, path: str) -> dict[str, str | int]:
        port = next(one.port(self.settings) for one in EVERYBODY if one.name == room)
        return await asyncio.to_thread(get, f"http://127.0.0.1:{port}{path}")

    async def leaves_nothing(self, within: float = 10.0) -> None:
        async def empty() -> bool:
            return not self.left()

        try:
            await until(empty, within, "the end of all processes")
        except TimeoutError:
            raise AssertionError(f"still running: {self.left()}") from None

    def left(self) -> list[str]:
        """Every living process of ours: by the mark in its environment, or by our folder in its command or its own."""
        found = []
        for process in Path("/proc").glob("[0-9]*"):
            try:
                command = (process / "cmdline").read_bytes()
                told = (process / "environ").read_bytes()
                place = os.readlink(process / "cwd")
            except OSError:
                continue
            if (
                self.mark.encode() in told
                or str(self.settings.data).encode() in command
                or place.startswith(str(self.folder))
            ):
                found.append(command.replace(b"\0", b" ").decode("utf-8", "replace")[:150])
        return found

    async def clear_away(self) -> None:
        """After a test, however it went."""
        if self.running is not None and not self.ended:
            self.running.kill()
        await self.leaves_nothing(within=15.0)


def get(url: str) -> dict[str, str | int]:
    with urllib.request.urlopen(url, timeout=5) as answer:
        found: dict[str, str | int] = json.loads(answer.read())
        return found
