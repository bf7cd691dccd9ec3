"""What a fresh machine needs before the first start: Python environment, front-end assets, Kafka, a browser.

Runs on any Python from 3.11 on with nothing installed, and does again only what has changed since the last time.
"""

import hashlib
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

from embedded import trouble
from embedded.java import java_is_there
from embedded.progress import Steps, say
from embedded.trouble import Trouble

ROOT = Path(__file__).parents[4]
VAR = ROOT / "var"
TOOLS = VAR / "tools"
OUTPUT = VAR / "logs" / "setup.log"
VENV = ROOT / ".venv"
JARS = VAR / "kafka" / "lib"
VENDOR = ROOT / "gateway/src/gateway/look/static/vendor"
OLDEST_NODE = 18
KUSTOMIZE = "v5.5.0"
ROOM_NEEDED = 1_500_000_000

Step = Callable[[], str]
"""Does its part; returns what came of it."""


def python_environment() -> str:
    members = (path for depth in ("", "*/", "*/*/", "*/*/*/") for path in ROOT.glob(f"{depth}pyproject.toml"))
    stamp = Stamp("python", [ROOT / "uv.lock", *members])
    if stamp.fits and (VENV / "bin" / "python").exists():
        return "there already"
    command = [find_uv(), "sync", "--frozen"]
    if not VENV.exists():
        command += ["--python", sys.executable]
    call(
        command,
        "The Python environment could not be made: see whether the network reaches its registry, then start again.",
        {"UV_PROJECT_ENVIRONMENT": str(VENV), "UV_PYTHON_DOWNLOADS": "never"},
    )
    stamp.set()
    return "made"


def find_uv() -> str:
    """The uv of the machine if it works, else one in var/tools; each way of installing it works somewhere."""
    own = [str(TOOLS / "bin" / "uv"), shutil.which("uv") or ""]
    found = next((uv for uv in own if works(uv, "--version")), None)
    if found:
        return found
    with_venv = [sys.executable, "-m", "venv", str(TOOLS)]
    into_it = [str(TOOLS / "bin" / "python"), "-m", "pip", "install", "-q", "uv"]
    beside_it = [sys.executable, "-m", "pip", "install", "-q", "--target", str(TOOLS), "uv"]
    for ways in ([with_venv, into_it], [beside_it]):
        if all(quietly(command) for command in ways) and works(own[0], "--version"):
            return own[0]
        shutil.rmtree(TOOLS, ignore_errors=True)
    raise Trouble(
        "uv is missing and could not be installed: install it by hand (pipx install uv), "
        "or give Python its venv (Debian, Ubuntu: apt-get install python3-venv), then start again."
    )


def front_end() -> str:
    package, lock = ROOT / "package.json", ROOT / "package-lock.json"
    stamp = Stamp("front-end", [package, lock, ROOT / "gateway/src/gateway/look/build.mjs"])
    if stamp.fits and VENDOR.is_dir():
        return "there already"
    remedy = (
        f"install Node {OLDEST_NODE} or newer with npm (Debian, Ubuntu: apt-get install nodejs npm), then start again."
    )
    if not shutil.which("node") or not shutil.which("npm"):
        raise Trouble(f"Node or npm is missing, and the pages get their looks with them: {remedy}")
    version = subprocess.run(["node", "--version"], capture_output=True, text=True, check=False).stdout.strip()
    number = re.match(r"v(\d+)", version)
    if number is None or int(number[1]) < OLDEST_NODE:
        raise Trouble(f"Node {version} is too old: {remedy}")
    failed = (
        "The front-end assets could not be fetched: see whether the network reaches npm's registry, then start again."
    )
    call(["npm", "ci", "--no-audit", "--no-fund"], failed)
    call(["npm", "run", "assets"], "The front-end assets could not be copied into the gateway.")
    stamp.set()
    return "made"


def kafkas_jars() -> str:
    java_is_there()
    pom = ROOT / "deploy/embedded/pom.xml"
    stamp = Stamp("kafka", [pom])
    if stamp.fits and any(JARS.glob("kafka_2.13-*.jar")):
        return "there already"
    if not shutil.which("mvn"):
        raise Trouble(
            "Maven is missing, and it fetches Kafka: install it (Debian, Ubuntu: apt-get install maven), "
            "or name an existing Kafka: KAFKA_URL=host:port make run"
        )
    shutil.rmtree(JARS, ignore_errors=True)
    call(
        [
            "mvn",
            "-B",
            "-q",
            "-f",
            str(pom),
            "dependency:copy-dependencies",
            "-DincludeScope=runtime",
            f"-DoutputDirectory={JARS}",
        ],
        "Kafka's jars could not be fetched: see whether the network reaches Maven's repository, then start again.",
    )
    stamp.set()
    return "made"


def browser() -> str:
    call(
        [str(VENV / "bin" / "python"), "-m", "embedded.chromium"],
        "The browser tests need Chromium: install it (Debian: apt-get install chromium), then start again.",
    )
    return "there"


def kustomize() -> str:
    """Renders the Kubernetes manifests: kubectl's own where there is one that is not too old, else it is built."""
    if renders() is not None:
        return "there"
    if not shutil.which("go"):
        raise Trouble(
            "kubectl is missing, and the manifests are rendered with it in the tests: install kubectl 1.27 or newer, "
            "or Go (Debian, Ubuntu: apt-get install golang), with which kustomize is built here, then start again."
        )
    call(
        ["go", "install", f"sigs.k8s.io/kustomize/kustomize/v5@{KUSTOMIZE}"],
        "kustomize could not be built: see whether the network reaches Go's modules, then start again.",
        {"GOBIN": str(TOOLS / "bin"), "GOFLAGS": "-mod=mod"},
    )
    return "made"


def renders() -> list[str] | None:
    """The command that renders a folder, without the folder."""
    known = [["kubectl", "kustomize"], ["kustomize", "build"], [str(TOOLS / "bin" / "kustomize"), "build"]]
    return next((command for command in known if quietly([*command, str(ROOT / "deploy/kustomize/base")])), None)


RUN: dict[str, Step] = {
    "Python environment": python_environment,
    "Front-end assets": front_end,
    "Kafka's jars": kafkas_jars,
}
TEST: dict[str, Step] = RUN | {"Chromium": browser, "kustomize": kustomize}


class Stamp:
    """Remembers of what state of its sources something was made, and in which folder, since both end up in it."""

    def __init__(self, name: str, sources: Iterable[Path]) -> None:
        digest = hashlib.sha256(str(ROOT).encode())
        for path in sorted(set(sources)):
            digest.update(path.read_bytes())
        self._now = digest.hexdigest()
        self._path = VAR / "stamps" / name

    @property
    def fits(self) -> bool:
        return self._path.exists() and self._path.read_text() == self._now

    def set(self) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._path.write_text(self._now)


def call(command: list[str], failed: str, more: dict[str, str] | None = None) -> None:
    """Runs it with its output in var/logs/setup.log; when it fails, `failed` is said, with the end of that."""
    OUTPUT.parent.mkdir(parents=True, exist_ok=True)
    with OUTPUT.open("w+") as output:
        done = subprocess.run(
            command, cwd=ROOT, stdout=output, stderr=subprocess.STDOUT, env=os.environ | (more or {}), check=False
        )
        output.seek(0)
        said = output.read().strip().splitlines()[-12:]
    if done.returncode:
        if any("No space left" in line for line in said):
            raise Trouble(f"The disk that holds {ROOT} is full: free about 2 GB and start again.")
        raise Trouble("\n".join([failed, *("    " + line for line in said), f"All of it: {OUTPUT}"]))


def quietly(command: list[str]) -> bool:
    try:
        return subprocess.run(command, capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def works(program: str, argument: str) -> bool:
    """Not a shim that fails, as version switchers lay them."""
    return bool(program) and quietly([program, argument])


def room_on_the_disk() -> None:
    VAR.mkdir(exist_ok=True)
    probe = VAR / ".probe"
    probe.touch()
    probe.unlink()
    if not VENV.exists() and shutil.disk_usage(VAR).free < ROOM_NEEDED:
        raise Trouble(f"The disk that holds {ROOT} has less than 1.5 GB left: free some and start again.")


def main() -> int:
    steps = TEST if sys.argv[1:] == ["test"] else RUN
    if steps is RUN and os.environ.get("KAFKA_URL"):
        steps = {title: work for title, work in steps.items() if work is not kafkas_jars}
    try:
        room_on_the_disk()
        shown = Steps(len(steps))
        for title, work in steps.items():
            with shown.step(title) as outcome:
                outcome.said = work()
    except Trouble as sentence:
        say(f"\n{sentence}")
        return 1
    except OSError as error:
        known = trouble.of_the_disk(error, ROOT)
        if known is None:
            raise
        say(f"\n{known}")
        return 1
    except KeyboardInterrupt:
        say("\nStopped; the next start goes on from here.")
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
