"""One e-mail address is one user, however it is spelled, and an impossible one is refused."""

import pytest
from chassis.decider import Invalid
from contracts.identity.invitation import UserInvited
from contracts.identity.user import user_id
from contracts.values import derived_id
from given_invitation import TENANT, at, invite, said
from identity.account import Account
from identity.user import user


# C12
@pytest.mark.parametrize("spelled", ["Jörg@Straße.example", "jörg@xn--strae-oqa.example", " JÖRG@straße.example "])
def test_one_address_is_one_user_however_it_is_spelled(spelled: str) -> None:
    assert user_id(TENANT, spelled) == user_id(TENANT, "jörg@straße.example")
    assert user_id(TENANT, spelled) != user_id(TENANT, "jörg@strasse.example")
    assert user_id(TENANT, "bert@mueller.example") == derived_id(TENANT, "user", "bert@mueller.example")


# C12
def test_a_domain_with_umlauts_is_written_as_mail_can_carry_it() -> None:
    email = "bert@müller.example"
    state, [event] = said(Account(), (invite(email=email, user=user_id(TENANT, email)), at()))
    assert isinstance(event, UserInvited)
    assert event.email == "bert@xn--mller-kva.example"
    assert user.decide(invite(email=event.email, user=event.user), state, at())


# C4
@pytest.mark.parametrize("email", ["bert@mueller", "bert@.example", "b..t@mueller.de", "bert@müller_x.de", "b@x.test"])
def test_an_impossible_address_is_answered_clearly(email: str) -> None:
    with pytest.raises(Invalid, match="not a valid e-mail address") as refused:
        user.decide(invite(email=email, user=user_id(TENANT, email)), Account(), at())
    assert refused.value.params["field"] == "email"
