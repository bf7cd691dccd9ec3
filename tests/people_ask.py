"""What people ask of the portal, in any order, and what the firm answers them: the other half of what happens."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid5

from contracts.identity.invitation import InviteUser, RegisterUser, WithdrawInvitation
from contracts.identity.password import ChangePassword, RequestPasswordReset, ResetPassword
from contracts.identity.user import ChangeProfile, ChangeRights, FinishTour, LogOutEverywhere, RemoveUser
from contracts.orders import CancelOrder, OrderContainer, OrderPlaced, OrderService
from contracts.quotes import MarkQuoteRead, QuoteRequested, ReplyToQuote, RequestQuote, TakeAnswer
from contracts.values import Language, OrderKind, Role, Window
from happenings import (
    CUSTOMERS,
    DAYS,
    EMAILS,
    FIRST,
    HOME,
    NTH,
    ON,
    PEOPLE,
    PLACE,
    PLAN,
    SITES,
    TYPES,
    WASTE,
    Reports,
    of,
)
from histories import ERP, GUEST, TENANT
from hypothesis import strategies as st
from hypothesis.stateful import initialize, rule

from contracts import erp

WORDS = st.sampled_from(["", "Bitte am Tor läuten.", "Wie besprochen – danke!"])
ROLES = st.sampled_from(Role)
RIGHTS = st.sampled_from([None, (SITES[0],), (SITES[0], SITES[1]), (SITES[2],)])
PASSWORD = "sieben rote Kipper"


class Life(Reports):
    @initialize(seed=st.integers(0, 2**32), every=st.integers(1, 4))
    def the_firm_opens(self, seed: int, every: int) -> None:
        super().the_firm_opens(seed, every)
        for nth, email in enumerate(EMAILS[:2]):
            self.somebody_registers(email, "1")
            self.everybody_hears()
            self.a_container_is_ordered(email, nth, 2 * nth, 3, "")
            self.a_quote_is_asked_for(email, nth, None)
        self.everybody_hears()

    # -- users --------------------------------------------------------------------------------------------------

    @rule(who=PEOPLE, email=PEOPLE, role=ROLES, sites=RIGHTS)
    def somebody_is_invited(self, who: str, email: str, role: Role, sites: tuple[UUID, ...] | None) -> None:
        asker = self.world.asker(of(who))
        customer = asker.customer or CUSTOMERS[0]
        command = InviteUser(user=of(email), customer=customer, email=email, role=role, sites=sites)
        self.world.ask(command, asker)

    @rule(who=PEOPLE, email=PEOPLE)
    def an_invitation_is_withdrawn(self, who: str, email: str) -> None:
        asker = self.world.asker(of(who))
        self.world.ask(WithdrawInvitation(user=of(email), customer=asker.customer or CUSTOMERS[0]), asker)

    @rule(email=PEOPLE, terms=st.sampled_from(["1", "2"]))
    def somebody_registers(self, email: str, terms: str) -> None:
        invitation = self.world.account(of(email)).invitation
        if invitation is None:
            return
        command = RegisterUser(
            user=of(email),
            invitation=invitation,
            token="…",
            first_name="Maria",
            last_name="Schulz",
            terms=terms,
            privacy="1",
            password=PASSWORD,
        )
        self.world.ask(command, GUEST, ("link", invitation))

    @rule(email=PEOPLE, name=st.sampled_from(["Schulz", "Schulz-Meier"]), language=st.sampled_from(Language))
    def somebody_changes_the_profile(self, email: str, name: str, language: Language) -> None:
        command = ChangeProfile(user=of(email), first_name="Maria", last_name=name, language=language)
        self.world.ask(command, self.world.asker(of(email)))

    @rule(email=PEOPLE, kind=st.sampled_from([FinishTour, LogOutEverywhere]))
    def somebody_asks_about_oneself(self, email: str, kind: Any) -> None:
        self.world.ask(kind(user=of(email)), self.world.asker(of(email)))

    @rule(who=PEOPLE, email=PEOPLE, role=ROLES, sites=RIGHTS)
    def rights_are_changed(self, who: str, email: str, role: Role, sites: tuple[UUID, ...] | None) -> None:
        asker = self.world.asker(of(who))
        customer = asker.customer or CUSTOMERS[0]
        self.world.ask(ChangeRights(user=of(email), customer=customer, role=role, sites=sites), asker)

    @rule(who=PEOPLE, email=PEOPLE, by_the_firm=ON)
    def somebody_is_removed(self, who: str, email: str, by_the_firm: bool) -> None:
        asker = ERP if by_the_firm else self.world.asker(of(who))
        customer = self.world.account(of(email)).customer or CUSTOMERS[0]
        self.world.ask(RemoveUser(user=of(email), customer=customer), asker)

    @rule(email=PEOPLE)
    def somebody_forgets_the_password(self, email: str) -> None:
        self.world.ask(RequestPasswordReset(user=of(email), email=email), GUEST)

    @rule(email=PEOPLE, forgotten=ON)
    def somebody_sets_a_password(self, email: str, forgotten: bool) -> None:
        reset = self.world.account(of(email)).reset
        if forgotten and reset:
            command = ResetPassword(user=of(email), reset=reset, token="…", password=PASSWORD)
            self.world.ask(command, GUEST, ("link", reset))
        else:
            change = ChangePassword(user=of(email), old=PASSWORD, password=PASSWORD + "!")
            self.world.ask(change, self.world.asker(of(email)), ("password", "old"))

    # -- containers and orders ------------------------------------------------------------------------------------

    @rule(email=PEOPLE, nth=NTH, place=PLACE, day=DAYS, note=WORDS)
    def a_container_is_ordered(self, email: str, nth: int, place: int, day: int, note: str) -> None:
        asker = self.world.asker(of(email))
        command = OrderContainer(
            container=uuid5(TENANT, f"ordered {nth}"),
            order=uuid5(TENANT, f"placement {nth}"),
            customer=asker.customer or CUSTOMERS[0],
            site=SITES[place],
            waste_type=WASTE[nth % 2],
            container_type=TYPES[nth % 2],
            desired=self.day(day),
            note=note,
        )
        self.world.ask(command, asker)

    @rule(email=PEOPLE, nth=NTH, kind=st.sampled_from(OrderKind), day=st.none() | DAYS, note=WORDS)
    def a_service_is_ordered(self, email: str, nth: int, kind: OrderKind, day: int | None, note: str) -> None:
        said: list[Any] = [event for _, event in self.world.said["orders"]]
        standing = sorted({event.container for event in said if getattr(event, "container", None)})
        if not standing:
            return
        container, asker = standing[nth % len(standing)], self.world.asker(of(email))
        command = OrderService(
            container=container,
            order=uuid5(container, f"service {self.world.now}"),
            customer=asker.customer or CUSTOMERS[0],
            kind=kind,
            desired=None if day is None else self.day(day),
            note=note,
        )
        self.world.ask(command, asker)

    def ordered(self, nth: int) -> OrderPlaced | None:
        """Counted from the latest: there something still happens."""
        placed = [event for _, event in self.world.said["orders"] if isinstance(event, OrderPlaced)]
        return placed[-1 - nth % len(placed)] if placed else None

    @rule(email=PEOPLE, nth=NTH)
    def an_order_is_called_off(self, email: str, nth: int) -> None:
        if order := self.ordered(nth):
            command = CancelOrder(container=order.container, order=order.order, customer=order.customer)
            self.world.ask(command, self.world.asker(of(email)))

    @rule(nth=NTH, day=DAYS)
    def an_order_is_planned(self, nth: int, day: int) -> None:
        if order := self.ordered(nth):
            planned = Window(day=self.day(day))
            self.says_of(order, erp.OrderPlanned, planned=planned, vehicle="K-HT 12")

    @rule(nth=NTH, number=st.sampled_from(["F-1", "F-2"]))
    def an_order_is_converted(self, nth: int, number: str) -> None:
        if order := self.ordered(nth):
            self.says_of(order, erp.OrderHandedOver)
            self.says_of(order, erp.OrderConverted, number=number)

    @rule(nth=NTH, weight=st.sampled_from([None, 1800, 2100]), number=st.sampled_from([None, "M-17"]))
    def an_order_is_closed(self, nth: int, weight: int | None, number: str | None) -> None:
        if order := self.ordered(nth):
            done = {"completed_on": self.day(0), "weight": weight, "container_number": number}
            self.says_of(order, erp.OrderClosed, **done)

    @rule(nth=NTH, kind=st.sampled_from([erp.OrderDeclined, erp.OrderWithdrawn]))
    def an_order_is_not_carried_out(self, nth: int, kind: Any) -> None:
        if order := self.ordered(nth):
            self.says_of(order, kind, reason="Die Zufahrt ist zu schmal.")

    def says_of(self, order: OrderPlaced, kind: Any, **more: Any) -> None:
        about = {"order": order.order, "customer": order.customer, "container": order.container}
        self.world.reports(order.customer, kind(**about, **more))

    # -- quotes -------------------------------------------------------------------------------------------------

    @rule(email=PEOPLE, nth=FIRST, place=st.none() | PLACE)
    def a_quote_is_asked_for(self, email: str, nth: int, place: int | None) -> None:
        asker = self.world.asker(of(email))
        command = RequestQuote(
            quote=uuid5(TENANT, f"quote {nth}"),
            customer=asker.customer or CUSTOMERS[0],
            subject="Abbruch Halle 3",
            description="Etwa 200 t Bauschutt.",
            site=None if place is None else SITES[place],
            new_site=HOME if place is None else None,
            files=(PLAN,) if nth else (),
        )
        self.world.ask(command, asker)

    @rule(email=PEOPLE, nth=FIRST, files=ON)
    def a_customer_replies(self, email: str, nth: int, files: bool) -> None:
        asker, quote = self.world.asker(of(email)), uuid5(TENANT, f"quote {nth}")
        command = ReplyToQuote(
            quote=quote,
            customer=asker.customer or CUSTOMERS[0],
            message=uuid5(quote, f"reply {self.world.now}"),
            text="Geht es auch früher?",
            files=(PLAN,) if files else (),
        )
        self.world.ask(command, asker)

    @rule(nth=FIRST, files=ON)
    def the_firm_answers(self, nth: int, files: bool) -> None:
        quote = uuid5(TENANT, f"quote {nth}")
        command = TakeAnswer(
            quote=quote,
            message=uuid5(quote, f"answer {self.world.now}"),
            sender="vertrieb@nordhof.example",
            sender_name="Herr Vogt" if files else "",
            text="Anbei unser Angebot.",
            files=(PLAN,) if files else (),
            message_id="<1@nordhof.example>",
        )
        self.world.ask(command, ERP)

    @rule(email=PEOPLE, nth=FIRST, back=PLACE)
    def somebody_reads(self, email: str, nth: int, back: int) -> None:
        asker, quote = self.world.asker(of(email)), uuid5(TENANT, f"quote {nth}")
        said: list[Any] = [event for _, event in self.world.said["quotes"] if getattr(event, "quote", None) == quote]
        messages = [event.message for event in said]
        if not isinstance(said[0] if said else None, QuoteRequested) or asker.user is None:
            return
        command = MarkQuoteRead(
            quote=quote,
            customer=asker.customer or CUSTOMERS[0],
            user=asker.user,
            message=messages[-1 - back % len(messages)],
        )
        self.world.ask(command, asker)
