"""Every capability that was promised is proved by a test: comments say which, and CAPABILITIES.md lists them all.

`python tests/test_capabilities.py` writes CAPABILITIES.md anew.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from itertools import takewhile
from pathlib import Path

HERE = Path(__file__).parent
TABLE = HERE / "CAPABILITIES.md"

CAPABILITIES = {
    1: "The firm ticks the portal on for a customer in its ERP.",
    2: "The ERP names the address of the customer's first user along with the tick.",
    3: "Saving in the ERP is enough: the customer is there in the portal without a further step.",
    4: "The first user is invited by mail, without anybody sending it.",
    5: "The customer's base data arrive with the first load.",
    6: "The customer's delivery places arrive as sites.",
    7: "Containers that already stand at the customer arrive.",
    8: "The orders of the last twelve months arrive.",
    9: "The invoices of the last twelve months arrive.",
    10: "The invitation goes out only when the portal is on and the data have arrived.",
    11: "A customer has a main user and any number of further users.",
    12: "The link of the invitation leads to the registration.",
    13: "Who registers completes the personal data.",
    14: "Who registers accepts terms and privacy policy, and it is recorded which.",
    15: "Who registers chooses a password.",
    16: "A short introduction follows the registration, once.",
    17: "The dashboard is where everybody arrives.",
    18: "The dashboard leads to single orders, invoices and quotes.",
    19: "All orders, invoices and quotes can be listed.",
    20: "The dashboard leads to the overview of the sites.",
    21: "Reports show what was fetched, and how much.",
    22: "A window tells how to get the app.",
    23: "Everything can be reached from the menu on top, with the tabs of its chapter.",
    24: "The containers of every site are seen as they stand now.",
    25: "A button above the containers opens the shop.",
    26: "Ordering begins with the waste type.",
    27: "Only containers that fit the waste type are offered.",
    28: "Only sites that the user may see are offered.",
    29: "A day for the placement is chosen.",
    30: "A note can be added to the order.",
    31: "An order is binding after a summary and a last confirmation.",
    32: "The new container is in the overview at once, with the state of its order.",
    33: "An order of the portal arrives in the ERP as an external order.",
    34: "The dispatchers check it and make a transport order of it, filled in already.",
    35: "The transport order is planned.",
    36: "The customer is told by mail when the driver comes.",
    37: "The portal shows the state of the order and the planned day.",
    38: "What follows can be ordered once the container is placed and the order closed in the ERP.",
    39: "Standing containers are found by their site.",
    40: "Exchange, emptying or removal can be ordered, as the type of the container allows.",
    41: "A day can be wished for, but need not be.",
    42: "A note can be added to what is ordered for a standing container.",
    43: "The container shows what was ordered for it.",
    44: "A quote is asked for from the menu of the quotes.",
    45: "The wish is described in the customer's own words.",
    46: "A quote is for a known site or for a new address.",
    47: "The request goes by mail to the address that the firm named for quotes.",
    48: "That mail holds everything that sales need.",
    49: "Sales answer from their mail program, and the answer finds its conversation.",
    50: "Files of the answer are taken over.",
    51: "Who asked is told by mail, with a link to the answer in the portal.",
    52: "Mails look like the firm.",
    53: "A red number at the menu counts the unread quotes.",
    54: "A tab of its own lists the unread quotes.",
    55: "The whole conversation can be read.",
    56: "A file is shown in the message that it came with.",
    57: "The customer goes on with the conversation in the portal.",
    58: "Every user has an own state of what has been read.",
}
NUMBERS = re.compile(r"#\s*(C\d+(?:[\s,]+C\d+)*)\b")


def above_tests(text: str) -> Iterator[tuple[str, list[int]]]:
    """A test's name and the numbers of the comment that stands above it and its decorators."""
    lines = text.splitlines()
    for node in ast.parse(text).body:
        match node:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) if name.startswith("test_"):
                first = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
            case ast.Assign(targets=[ast.Name(id=name)]) if name.startswith("Test"):
                first = node.lineno
            case _:
                continue
        yield name, list(numbers_above(lines[: first - 1]))


def numbers_above(lines: list[str]) -> Iterator[int]:
    """Of the block of comments that ends with the last line."""
    for line in takewhile(lambda line: line.startswith("#"), reversed(lines)):
        if said := NUMBERS.match(line):
            yield from (int(number) for number in re.findall(r"\d+", said[1]))


def proofs() -> dict[int, list[str]]:
    """Which tests say that they prove a capability, as file::test."""
    found: dict[int, list[str]] = {number: [] for number in CAPABILITIES}
    for path in sorted(HERE.rglob("test_*.py")):
        for name, numbers in above_tests(path.read_text()):
            for number in numbers:
                assert number in CAPABILITIES, f"{path.name}::{name} names C{number}, which nobody has promised"
                found[number].append(f"{path.relative_to(HERE)}::{name}")
    return found


def written(found: dict[int, list[str]]) -> str:
    lines = [
        "# What the portal can do, and which tests prove it",
        "",
        "Written by `python tests/test_capabilities.py` from the comments above the tests.",
        "",
        "| | Capability | Tests |",
        "|---|---|---|",
    ]
    for number, sentence in CAPABILITIES.items():
        tests = "<br>".join(f"`{name}`" for name in found[number]) or "none yet"
        lines.append(f"| C{number} | {sentence} | {tests} |")
    return "\n".join(lines) + "\n"


def test_every_capability_is_proved_by_a_test() -> None:
    missing = [f"C{number}: {CAPABILITIES[number]}" for number, tests in proofs().items() if not tests]
    assert missing == []


def test_the_table_of_capabilities_is_up_to_date() -> None:
    assert TABLE.read_text() == written(proofs()), "python tests/test_capabilities.py"


def test_a_comment_counts_only_where_it_stands_above_a_test() -> None:
    text = """
# C1, C2
@mark
def test_a(): ...
# C3

def test_b(): ...
# C4 C5
# C6: in any order, 7 times
async def test_c(): ...
"""
    assert {name: sorted(found) for name, found in above_tests(text)} == {
        "test_a": [1, 2],
        "test_b": [],
        "test_c": [4, 5, 6],
    }


if __name__ == "__main__":
    TABLE.write_text(written(proofs()))
    print(f"{TABLE.name} written")
