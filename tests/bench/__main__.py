"""`make bench`: the machine, and every figure beside its baseline. ARGS="log stream" runs only those parts."""

from __future__ import annotations

import asyncio
import importlib
import os
import platform
import sys
import time
from pathlib import Path

from embedded.stack import infrastructure

from bench.rounds import Figure

PARTS = ("log", "stream", "latency", "pages", "activation", "start")


def machine() -> str:
    model = next(
        (
            line.partition(":")[2].strip()
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if line.startswith("model name")
        ),
        platform.processor(),
    )
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return (
        f"{os.cpu_count()} × {model}, {memory:.0f} GiB, {platform.system()} {platform.release()},"
        f" Python {platform.python_version()}"
    )


def table(figures: list[Figure]) -> str:
    rows = [("figure", "ours", "baseline", "ratio", "to reach", "")]
    for one in figures:
        rows.append(
            (
                one.name,
                f"{one.ours:,.6g} {one.unit}" if one.ours < 100 else f"{one.ours:,.0f} {one.unit}",
                "–"
                if one.baseline is None
                else f"{one.baseline:,.4g}"
                if one.baseline < 100
                else f"{one.baseline:,.0f}",
                "–" if one.ratio is None else f"{one.ratio:.2f}",
                one.aim,
                one.verdict,
            )
        )
    widths = [max(len(row[column]) for row in rows) for column in range(6)]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    )


async def main(wanted: list[str]) -> int:
    print(machine(), flush=True)
    found: list[Figure] = []
    for part in wanted:
        began = time.monotonic()
        async with infrastructure(own=True, quick=False) as stack:
            measured: list[Figure] = await importlib.import_module(f"bench.{part}").figures(stack)
        found += measured
        print(f"\n── {part} ({time.monotonic() - began:.0f} s)\n{table(measured)}", flush=True)
    missed = [one.name for one in found if one.verdict == "NOT reached"]
    print(f"\n── all\n{table(found)}\n\n{len(missed)} of {len(found)} figures not reached", *missed, sep="\n")
    return 0


if __name__ == "__main__":
    chosen = sys.argv[1:] or list(PARTS)
    if unknown := set(chosen) - set(PARTS):
        sys.exit(f"no such part: {', '.join(sorted(unknown))}; there are {', '.join(PARTS)}")
    sys.exit(asyncio.run(main(chosen)))
