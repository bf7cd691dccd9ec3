"""Kafka runs on the Java of the machine, which must be there and not too old."""

import os
import re
import subprocess
from pathlib import Path

from embedded.trouble import Trouble

OLDEST = 17
REMEDY = (
    "install it (Debian, Ubuntu: apt-get install openjdk-17-jdk-headless), "
    "or name a Kafka that is there already: KAFKA_URL=host:port make run"
)


def java_command() -> str:
    home = os.environ.get("JAVA_HOME", "")
    own = Path(home, "bin", "java")
    return str(own) if home and own.exists() else "java"


def java_is_there() -> None:
    """Raises the sentence for a missing or an old Java."""
    try:
        said = subprocess.run([java_command(), "-version"], capture_output=True, text=True, check=False)
    except OSError:
        raise Trouble(f"Java is missing, and Kafka needs version {OLDEST} or newer: {REMEDY}") from None
    found = re.search(r'version "(?:1\.)?(\d+)', said.stderr + said.stdout)
    if found is None:
        raise Trouble(f"The installed Java does not work ({(said.stderr or said.stdout).strip()[:120]}): {REMEDY}")
    if int(found[1]) < OLDEST:
        raise Trouble(f"Java {found[1]} is too old, Kafka needs version {OLDEST} or newer: {REMEDY}")
