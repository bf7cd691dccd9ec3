"""One click is one trace: through the portal, the order's room, the ERP, and on to the mail that tells the date."""

from __future__ import annotations

from uuid import uuid4, uuid5

import pytest
from embedded.process import until

from tests.system.conftest import Struck
from tests.system.striking import rows

pytestmark = pytest.mark.xdist_group("system of its own")
WAY = [
    ("hoftor-gateway", "POST /shop"),
    ("hoftor-orders", "orders OrderContainer"),
    ("hoftor-erp-bridge", "erp-bridge hands over place"),
    ("hoftor-erp-bridge", "erp-bridge hears planned"),
    ("hoftor-orders", "orders hears OrderPlanned"),
    ("hoftor-gateway", "gateway mails OrderDispatched"),
]


async def test_a_click_leads_to_the_mail_in_one_trace(struck: Struck) -> None:
    key = uuid4()
    order = str(uuid5(key, "order"))
    await struck.order(struck.again(), key)
    await struck.settled({order})
    said = await rows(
        struck.portal,
        "orders",
        "SELECT traceparent FROM log WHERE type = 'OrderPlaced' AND body::jsonb->>'order' = %s",
        order,
    )
    trace = said[0][0].split("-")[1]

    async def complete() -> bool:
        return all(name in struck.traces.of(trace) for _, name in WAY)

    try:
        await until(complete, 30, "the spans")
    except TimeoutError:
        raise AssertionError(f"of {WAY} there is only {list(struck.traces.of(trace))}") from None
    spans = struck.traces.of(trace)
    assert [(spans[name][0].service, name) for _, name in WAY] == WAY
    click, command = spans["POST /shop"][0], spans["orders OrderContainer"][0]
    assert click.parent == ""
    assert command.parent == click.id
    # The ERP is told as well.
    assert struck.erp.traces[order].split("-")[1] == trace
    # Every span but the first hangs on one of the same trace.
    everything = [span for found in spans.values() for span in found]
    known = {span.id for span in everything}
    assert {span.parent for span in everything} - known == {""}
