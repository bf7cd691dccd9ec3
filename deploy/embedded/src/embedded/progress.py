"""What the person at the terminal sees while things are made ready: numbered steps, each with its time."""

import asyncio
import contextlib
import time
from collections.abc import Iterator


def say(line: str = "", *, end: str = "\n") -> None:
    # A terminal that was closed must not keep the portal from ending in good order.
    with contextlib.suppress(OSError):
        print(line, end=end, flush=True)


class Steps:
    def __init__(self, total: int) -> None:
        self.total = total
        self.number = 0

    @contextlib.contextmanager
    def step(self, title: str) -> Iterator["Outcome"]:
        """`with steps.step("Kafka") as outcome: …`; set `outcome.said` to say more than the time, and
        `outcome.interrupted` for what is to be known when somebody stops it."""
        self.number += 1
        say(f"[{self.number}/{self.total}] {title} … ", end="")
        begun, outcome = time.monotonic(), Outcome()
        try:
            yield outcome
        except (asyncio.CancelledError, KeyboardInterrupt):
            say(outcome.interrupted)
            raise
        except BaseException:
            say("failed")
            raise
        say(f"{outcome.said} ({time.monotonic() - begun:.1f} s)")


class Outcome:
    said = "ready"
    interrupted = "interrupted"
