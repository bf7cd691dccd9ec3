"""Nothing stays behind: should the supervisor die without a word, all that it started is ended within seconds.

Every process that is started begins a process group of its own, and the group is told to a small watcher over a pipe.
The pipe closes when its owner dies, however it dies, SIGKILL included; then the watcher ends the groups that are left.
"""

import contextlib
import os
import select
import signal
import subprocess
import sys

GRACE = 5.0


class Leash:
    def __init__(self) -> None:
        self._watcher = subprocess.Popen(
            [sys.executable, "-m", "embedded.leash"],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            text=True,
            bufsize=1,
        )

    def hold(self, group: int, stop_signal: signal.Signals) -> None:
        self._tell(f"hold {group} {int(stop_signal)}\n")

    def release(self, group: int) -> None:
        self._tell(f"release {group} 0\n")

    def drop(self) -> None:
        """Ends what is still held, and the watcher with it."""
        assert self._watcher.stdin is not None
        with contextlib.suppress(BrokenPipeError):
            self._watcher.stdin.close()
        self._watcher.wait()

    def _tell(self, line: str) -> None:
        assert self._watcher.stdin is not None
        # A watcher that somebody killed must not keep the portal from working or from ending.
        with contextlib.suppress(BrokenPipeError):
            self._watcher.stdin.write(line)


def send(group: int, number: int) -> bool:
    """Whether anybody of the group was still there."""
    try:
        os.killpg(group, number)
    except (ProcessLookupError, PermissionError):
        return False
    return True


def watch() -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    held: dict[int, int] = {}
    for line in sys.stdin:
        word, group, stop_signal = line.split()
        if word == "hold":
            held[int(group)] = int(stop_signal)
        else:
            held.pop(int(group), None)
    left = {group: number for group, number in held.items() if send(group, number)}
    for _ in range(int(GRACE / 0.1)):
        if not any(send(group, 0) for group in left):
            return
        select.select([], [], [], 0.1)
    for group in left:
        send(group, signal.SIGKILL)


if __name__ == "__main__":
    watch()
