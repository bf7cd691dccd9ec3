"""A page is a typed view that somebody looks at: read as HTML by people, as JSON by programs, as a table by Excel.

    class OrdersPage(BaseModel): ...                               # what HTML and JSON both show

    @page("/orders", template="pages/orders.html", sheet=orders_sheet)
    async def orders(ask: Ask) -> OrdersPage: ...

    @action("/orders/{order:uuid}/cancel", back="/orders/{order}", needs="orderer")
    async def cancel(ask: Ask, order: UUID, form: CancelForm) -> Sent:
        await ask.command(CancelOrder(...))
        return Sent(to=f"/orders/{order}", flash=_("The order was cancelled."))

Path parameters arrive typed (`{order:uuid}`, `{name:str}`, `{n:int}`). A refused action shows the page at `back` again
(its places are filled from path and form), with `errors` (field → sentence) and `form` (the earlier input).
"""

from __future__ import annotations

import typing
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal, TypeVar
from uuid import UUID

from chassis.asking import Answer
from chassis.decider import Asker, NotAllowed
from chassis.rows import Rows
from chassis.signing import NotSigned
from contracts.base import Command
from litestar.datastructures import Cookie
from pydantic import BaseModel

from gateway.look.environment import Words
from gateway.look.formats import HOME
from gateway.who import Me, TenantDoc

if TYPE_CHECKING:
    from chassis.room import Context

Needs = Literal["guest", "user", "orderer", "administrator"]
F = TypeVar("F", bound=Callable[..., Awaitable[Any]])
B = TypeVar("B", bound=Callable[..., Awaitable[int]])


def _(sentence: str) -> str:
    """Marks a sentence for translation; it is translated when it is shown."""
    return sentence


@dataclass
class Ask:
    """One request: who asks what, of which firm, in which language."""

    ctx: Context
    tenant: TenantDoc
    visitor: Me | None
    rows: Rows
    """What the portal knows. Of the visitor's own and of the firm's, what has not changed is not read again."""
    language: str
    words: Words
    path: str
    query: dict[str, str]
    key: UUID
    """Of the form that was sent: the same for a second click on the same button."""
    ip: str
    host: str
    secure: bool
    token: str
    """The secret of the session, or of a guest's cookie."""
    answers: list[Answer] = field(default_factory=list)
    cookies: list[Cookie] = field(default_factory=list)

    @property
    def me(self) -> Me:
        """Who is logged in; NotSigned for a guest."""
        if self.visitor is None:
            raise NotSigned(_("Please log in again."))
        return self.visitor

    @property
    def tenant_id(self) -> UUID:
        return self.tenant.tenant

    @property
    def asker(self) -> Asker:
        """The user, or a guest of the firm."""
        return self.visitor.asker if self.visitor else Asker(tenant=self.tenant_id, kind="guest")

    @cached_property
    def now(self) -> datetime:
        return datetime.now(HOME)

    @property
    def today(self) -> date:
        return self.now.date()

    def say(self, sentence: str, /, **params: object) -> str:
        """The sentence in the reader's language, its places filled."""
        said = self.words.gettext(sentence)
        return said % params if params else said

    async def command(self, command: Command) -> Answer:
        """Asks the owner, signed as the user. The next page waits until its views have heard of it."""
        # From now on, what was true on arrival need not be true any more.
        self.rows = self.ctx.rows
        mine = type(command).room == self.ctx.room
        answer = await (self.ctx.execute(command, self.asker) if mine else self.ctx.ask(command, self.asker))
        self.answers.append(answer)
        return answer

    async def call(self, room: str, path: str, body: dict[str, Any]) -> Any:
        """A route of another room, signed as the user or as a guest."""
        return await self.ctx.call(room, path, self.asker, body)


@dataclass(frozen=True)
class Sent:
    """After an action: where to go and what to say. The answers of `ask.command` need not be repeated."""

    to: str
    flash: str = ""
    answers: Sequence[Answer] = ()
    kind: Literal["success", "info", "warning", "danger"] = "success"


@dataclass(frozen=True)
class Download:
    """A file instead of a page. `inline` shows it in the browser; only for types that cannot carry scripts."""

    data: bytes
    name: str
    media_type: str = "application/octet-stream"
    inline: bool = False
    lasting: bool = False
    """May be kept by the browser for ever: the address changes with the content. Never for private things."""


class Upload(BaseModel):
    """A file of a form: declare a field of a form as `list[Upload] = []` or `Upload | None = None`."""

    name: str
    media_type: str
    data: bytes


@dataclass(frozen=True)
class Column:
    """Of a spreadsheet. `money` takes cents, `weight` kilograms."""

    label: str
    kind: Literal["text", "number", "money", "weight", "day", "moment"] = "text"
    width: int = 18


@dataclass(frozen=True)
class Sheet:
    """A list as Excel shows it, for `?format=xlsx`; `name` becomes the file's and the sheet's name."""

    name: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[Any]]


@dataclass(frozen=True)
class Route:
    """One registered page or action."""

    method: Literal["GET", "POST"]
    path: str
    needs: Needs
    function: Callable[..., Awaitable[Any]]
    template: str | None = None
    back: str = ""
    sheet: Callable[..., Awaitable[Sheet]] | None = None

    @cached_property
    def hints(self) -> dict[str, Any]:
        return typing.get_type_hints(self.function)

    @property
    def form(self) -> type[BaseModel] | None:
        return self.hints.get("form")

    @property
    def view(self) -> Any:
        """What the function returns."""
        return self.hints.get("return")

    @property
    def public(self) -> bool:
        return self.needs == "guest"

    def admit(self, visitor: Me | None) -> None:
        """NotSigned or NotAllowed for who may not come in here."""
        if self.needs == "guest":
            return
        if visitor is None:
            raise NotSigned(_("Please log in again."))
        if self.needs == "administrator" and "users" not in visitor.may:
            raise NotAllowed(_("Only an administrator of your company may do this."))
        if self.needs == "orderer" and "order" not in visitor.may:
            raise NotAllowed(_("Your access is for reading only. An administrator of your company can change that."))


ROUTES: list[Route] = []
BADGES: dict[str, Callable[[Ask], Awaitable[int]]] = {}


def page(
    path: str,
    *,
    template: str | None = None,
    needs: Needs = "user",
    sheet: Callable[..., Awaitable[Sheet]] | None = None,
) -> Callable[[F], F]:
    """GET. The function takes `ask` and the path's parameters and returns a model, a Download, or a Sent (redirect).

    Without a template it is JSON for everybody. `sheet(ask, **parameters)` gives all rows for `?format=xlsx`.
    """

    def register(function: F) -> F:
        ROUTES.append(Route("GET", path, needs, function, template=template, sheet=sheet))
        return function

    return register


def action(path: str, *, back: str = "", needs: Needs = "user") -> Callable[[F], F]:
    """POST of a form or of JSON. The function takes `ask`, the path's parameters and, if it wants, `form`: a model."""

    def register(function: F) -> F:
        ROUTES.append(Route("POST", path, needs, function, back=back))
        return function

    return register


def badge(name: str) -> Callable[[B], B]:
    """The number on a menu item, for who is logged in: `async def unread(ask) -> int`."""

    def register(count: B) -> B:
        BADGES[name] = count
        return count

    return register


async def badges(ask: Ask) -> dict[str, int]:
    return {name: await count(ask) for name, count in BADGES.items()} if ask.visitor else {}


def pages_of(total: int, size: int) -> int:
    """How many pages a list has; an empty one has one."""
    return max(1, -(-total // size))


def number_of(query: Mapping[str, str], name: str = "page") -> int:
    """A page number of the address; nonsense is page 1."""
    text = query.get(name, "1")
    return max(1, int(text)) if text.isascii() and text.isdigit() and len(text) < 7 else 1
