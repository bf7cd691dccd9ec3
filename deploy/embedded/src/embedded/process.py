"""One running program, be it Kafka, PostgreSQL or a room: start it, wait until it is ready, stop it, kill it."""

import asyncio
import contextlib
import pwd
import signal
import subprocess
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path

from embedded.leash import Leash, send
from embedded.trouble import Trouble

LOG_LIMIT = 20_000_000


async def nothing() -> None:
    """For a program that needs no preparation."""


async def until(condition: Callable[[], Awaitable[bool]], within: float | None, what: str) -> None:
    """Waits at most `within` seconds (None: for ever) for the condition; else TimeoutError names `what` it was."""
    try:
        async with asyncio.timeout(within):
            while True:
                if await condition():
                    return
                await asyncio.sleep(0.03)
    except TimeoutError:
        raise TimeoutError(f"waited {within} s for {what}") from None


@dataclass(eq=False)
class Process:
    name: str
    command: list[str]
    log: Path
    leash: Leash
    ready: Callable[[], Awaitable[bool]]
    environment: dict[str, str] = field(default_factory=dict)
    prepare: Callable[[], Awaitable[None]] = nothing
    folder: Path | None = None
    user: str | None = None
    stop_signal: signal.Signals = signal.SIGTERM
    patience: float = 8.0
    """Seconds between the polite signal and SIGKILL."""
    attempts: int = 1
    shown: bool = False
    """On the terminal instead of in the log."""
    _running: subprocess.Popen[bytes] | None = None
    _stopping: bool = False

    @property
    def running(self) -> bool:
        return self._running is not None and self._running.poll() is None

    @property
    def pid(self) -> int:
        if self._running is None:
            raise RuntimeError(f"{self.name} was never started")
        return self._running.pid

    @property
    def exit_code(self) -> int | None:
        return self._running.poll() if self._running else None

    async def start(self, within: float = 60.0) -> None:
        """Prepares, launches and waits until ready. `attempts` is for PostgreSQL, which needs some after a SIGKILL."""
        self._stopping = False
        await self.prepare()
        for attempt in range(1, self.attempts + 1):
            self.launch()
            await self._until_ready_or_ended(within)
            if self.running or self._stopping:
                return
            if attempt < self.attempts:
                await asyncio.sleep(0.3)
        raise Trouble(
            f"{self.name} ended at once (exit code {self.exit_code}); {self.log} ends with:\n{self.last_words()}"
        )

    async def _until_ready_or_ended(self, within: float) -> None:
        async def settled() -> bool:
            return not self.running or await self.ready()

        try:
            await until(settled, within, self.name)
        except TimeoutError:
            await self.stop()
            raise Trouble(
                f"{self.name} was not ready within {within:g} s; {self.log} ends with:\n{self.last_words()}"
            ) from None

    def launch(self) -> None:
        self.log.parent.mkdir(parents=True, exist_ok=True)
        if self.log.exists() and self.log.stat().st_size > LOG_LIMIT:
            self.log.replace(self.log.with_suffix(".old.log"))
        with self.log.open("ab") as log:
            self._running = subprocess.Popen(
                self.command,
                stdin=subprocess.DEVNULL,
                stdout=None if self.shown else log,
                stderr=None if self.shown else subprocess.STDOUT,
                env=self.environment or None,
                cwd=self.folder,
                user=self.user,
                group=pwd.getpwnam(self.user).pw_gid if self.user else None,
                extra_groups=[] if self.user else None,
                start_new_session=True,
            )
        self.leash.hold(self._running.pid, self.stop_signal)

    async def ended(self) -> int:
        """Waits for the end, however it comes, and clears away what it left of its group."""
        assert self._running is not None
        running = self._running
        await until(self._gone, None, self.name)
        send(running.pid, signal.SIGKILL)
        self.leash.release(running.pid)
        return running.returncode

    async def _gone(self) -> bool:
        return not self.running

    async def stop(self) -> None:
        """Asks politely, and after `patience` seconds no more."""
        self._stopping = True
        if self._running is None:
            return
        if self.running:
            self._running.send_signal(self.stop_signal)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self.ended(), self.patience)
            return
        await self.kill()

    async def kill(self) -> None:
        """SIGKILL, to the whole group, at once."""
        self.kill_now()
        if self._running is not None:
            await self.ended()

    def kill_now(self) -> None:
        if self._running is not None:
            send(self._running.pid, signal.SIGKILL)

    def last_words(self, lines: int = 8) -> str:
        text = self.log.read_text("utf-8", "replace") if self.log.exists() else ""
        return "\n".join("    " + line for line in text.splitlines()[-lines:]) or "    (nothing)"


async def answers(port: int, host: str = "127.0.0.1") -> bool:
    """Whether somebody listens there."""
    try:
        _, writer = await asyncio.wait_for(asyncio.open_connection(host, port), 1.0)
    except (OSError, TimeoutError):
        return False
    writer.close()
    with contextlib.suppress(OSError):
        await writer.wait_closed()
    return True
