"""Ours and the baseline in turn, several rounds, so that a slow minute of the machine meets both."""

from __future__ import annotations

import asyncio
import statistics
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

ROUNDS = 5


@dataclass(frozen=True)
class Figure:
    """`at_least`: the ratio ours/baseline should be no smaller; `at_most`: no larger. None: printed only."""

    name: str
    ours: float
    baseline: float | None
    unit: str
    at_least: float | None = None
    at_most: float | None = None

    @property
    def ratio(self) -> float | None:
        return self.ours / self.baseline if self.baseline else None

    @property
    def verdict(self) -> str:
        ratio = self.ratio
        if ratio is None or (self.at_least is None and self.at_most is None):
            return ""
        good = (self.at_least is None or ratio >= self.at_least) and (self.at_most is None or ratio <= self.at_most)
        return "reached" if good else "NOT reached"

    @property
    def aim(self) -> str:
        if self.at_least is not None:
            return f"≥ {self.at_least:g}"
        return f"≤ {self.at_most:g}" if self.at_most is not None else "–"


Work = Callable[[], Awaitable[float]]


async def in_turn(*works: Work, rounds: int = ROUNDS) -> list[float]:
    """The median of each, after one round to warm up; every other round goes backwards."""
    for work in works:
        await work()
    found: list[list[float]] = [[] for _ in works]
    for turn in range(rounds):
        order = range(len(works)) if turn % 2 == 0 else reversed(range(len(works)))
        for place in order:
            found[place].append(await works[place]())
    return [statistics.median(values) for values in found]


async def rate(work: Callable[[int], Awaitable[int]], workers: int, seconds: float) -> float:
    """How much is done a second by so many at once; `work(worker)` says how much it did."""
    done = 0
    began = time.perf_counter()
    until = began + seconds

    async def go_on(worker: int) -> None:
        nonlocal done
        while time.perf_counter() < until:
            more = await work(worker)  # not in one line: `done` would be read before the others have added theirs
            done += more

    await asyncio.gather(*(go_on(worker) for worker in range(workers)))
    return done / (time.perf_counter() - began)


def percentile(values: list[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]
