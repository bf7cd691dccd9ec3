"""`python -m embedded run` starts the portal; `each` runs a command once per room, in that room's surroundings."""

import subprocess
import sys

from pydantic import ValidationError

from embedded import supervise, trouble
from embedded.progress import say
from embedded.rooms import ROOMS, environment
from embedded.settings import Settings
from embedded.trouble import Trouble

USAGE = "python -m embedded run | each <arguments of python …>"


def each(settings: Settings, arguments: list[str]) -> int:
    """The worst exit code. `each -m chassis.parked list` shows what every room has parked."""
    worst = 0
    for room in ROOMS:
        if not room.built:
            continue
        say(f"{room.label}:")
        done = subprocess.run([sys.executable, *arguments], env=environment(settings, room), check=False)
        worst = max(worst, done.returncode)
    return worst


def main() -> int:
    try:
        settings = Settings()
    except ValidationError as error:
        wrong = "; ".join(f"HOFTOR_{str(one['loc'][0]).upper()}: {one['msg']}" for one in error.errors())
        say(f"A setting in the environment is not understood: {wrong}.")
        return 2
    try:
        match sys.argv[1:]:
            case ["run"]:
                supervise.run(settings)
                return 0
            case ["each", *arguments] if arguments:
                return each(settings, arguments)
            case _:
                say(USAGE)
                return 2
    except Trouble as sentence:
        say(f"\n{sentence}")
    except OSError as error:
        known = trouble.of_the_disk(error, settings.data)
        if known is None:
            raise
        say(f"\n{known}")
    return 1


if __name__ == "__main__":
    sys.exit(main())
