"""Every customer has a mark, and a tenant one for what is of no customer: it is another one after each change.

Whoever remembers what it read can ask for the mark, which costs nothing beside another question, and knows whether it
still holds. The mark changes in the transaction that changes the documents, and none ever comes back.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from uuid import UUID

from chassis import schema
from chassis.store import Connection
from chassis.views import AnyView

TABLES = schema.made(schema.marks)
NO_CUSTOMER = UUID(int=0)
"""Stands for the tenant's own documents."""

# All write them in the same order, at the end of their transactions: nobody waits for somebody who waits for him.
_CHANGE = """
INSERT INTO marks (tenant, customer, mark)
SELECT tenant, customer, gen_random_uuid() FROM unnest(%b::uuid[], %b::uuid[]) AS touched (tenant, customer)
ORDER BY tenant, customer
ON CONFLICT (tenant, customer) DO UPDATE SET mark = excluded.mark
"""


async def change(conn: Connection, touched: Iterable[tuple[UUID, UUID | None]]) -> None:
    """For these customers of these tenants; None is the tenant itself."""
    places = {(tenant, customer or NO_CUSTOMER) for tenant, customer in touched}
    if places:
        await conn.execute(_CHANGE, [list(column) for column in zip(*places, strict=True)], prepare=True)


async def change_all(conn: Connection, views: Sequence[AnyView]) -> None:
    """Everything that the views hold is new. A customer without a mark has nothing that could be remembered."""
    await conn.execute("DELETE FROM marks")
    for view in views:
        await conn.execute(
            "INSERT INTO marks SELECT tenant, customer, gen_random_uuid()"
            f" FROM (SELECT DISTINCT tenant, coalesce(customer, %s) AS customer FROM {view.table}) AS found"
            " ON CONFLICT DO NOTHING",
            [NO_CUSTOMER],
        )
