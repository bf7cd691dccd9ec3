"""What a decision knows beyond its own stream, read from the log."""

from uuid import UUID, uuid4

from chassis.decider import Asker
from chassis.store import append
from contracts.base import Event
from contracts.identity.customer import CustomerActivated
from given_firm import Firm
from identity.knowledge import customer_of


class PortalOpenedOnce(Event):
    """Said in former times, as an event of `retired.py` is."""

    customer: UUID

    def upcast(self) -> Event:
        return CustomerActivated(customer=self.customer, email="anna@bau.example")


async def test_what_was_said_in_words_of_former_times_is_known_in_those_of_today(firm: Firm) -> None:
    customer = uuid4()
    async with firm.ctx.pool.connection() as conn:
        said = [PortalOpenedOnce(customer=customer)]
        await append(conn, firm.id, f"customer:{customer}", said, Asker(firm.id, "operator"))
    known = await customer_of(firm.ctx, firm.id, customer)
    assert (known.active, known.email) == (True, "anna@bau.example")
