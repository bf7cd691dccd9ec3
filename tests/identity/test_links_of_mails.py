"""Who follows the link of a mail the moment it arrives is shown what it is for."""

from __future__ import annotations

from uuid import uuid4

import pytest
from chassis import links
from chassis.rows import Rows
from given_firm import Firm


# C12
async def test_a_link_works_while_the_view_has_not_heard_of_it_yet(firm: Firm, monkeypatch: pytest.MonkeyPatch) -> None:
    async def unheard(*_: object) -> None:
        return None

    email = f"anna.{uuid4().hex[:6]}@bau.example"
    await firm.first_load(uuid4(), email)
    account = await firm.account(email, "invited")
    invitation, key = account.invitation, firm.ctx.key("invitation")
    assert invitation is not None
    monkeypatch.setattr(Rows, "get", unheard)
    shown = await firm.call("/invitation", invitation=invitation, token=links.token(key, invitation))
    assert (shown["state"], shown["email"]) == ("open", email)
    other = uuid4()
    assert (await firm.call("/invitation", invitation=other, token=links.token(key, other)))["state"] == "unknown"
