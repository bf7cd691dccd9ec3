"""From the customer's activation to the first login: the mail, its link, the form, the consents, the introduction."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from contracts.identity.invitation import UserInvited, WithdrawInvitation
from contracts.identity.user import user_id
from contracts.values import Role
from visiting import PASSWORD, Firm, Visitor, link_in, text_of, until

from gateway import who

FORM: dict[str, Any] = {
    "first_name": "Rita",
    "last_name": "Radlader",
    "phone": "0231 4712",
    "language": "de",
    "password": PASSWORD,
    "terms": "1",
    "privacy": "1",
}


async def at_the_form(firm: Firm) -> tuple[Visitor, dict[str, Any], str]:
    """A visitor who has followed the link of the mail: the visitor, the filled form, its address."""
    link = link_in((await firm.mails(firm.boss))[0])
    visitor = firm.visitor()
    read = await visitor.get(link)
    assert read.status == 200
    path, _, query = link.partition("?")
    return visitor, FORM | {"token": query.removeprefix("token=")}, path


# C4 C10 C52
async def test_the_first_user_is_invited_by_mail_in_the_design_of_the_firm(firm: Firm) -> None:
    mail = (await firm.mails(firm.boss))[0]
    assert mail["Subject"] == "Ihr Zugang zum Kundenportal von Mulde & Söhne"
    assert str(mail["From"]) == f"Mulde & Söhne <portal@{firm.host}>"
    plain, html = text_of(mail), text_of(mail, "html")
    assert "Jetzt anmelden" in plain
    assert "Jetzt anmelden" in html
    assert "Bau Beck" in plain
    assert "#14532d" in html  # the firm's colour
    assert f"http://{firm.host}" in plain


# C12 C13 C14 C15 C16 C17
async def test_who_follows_the_invitation_registers_and_is_in(firm: Firm) -> None:
    visitor, form, path = await at_the_form(firm)
    assert visitor.page is not None
    assert "Bau Beck" in visitor.page.text
    assert firm.boss in visitor.page.text
    read = await visitor.post(path, form)
    assert read.first == 303
    assert read.path == "/"
    assert "Zugang ist eingerichtet" in read.text
    profile = await visitor.get("/profile", accept="application/json")
    assert '"first_name":"Rita"' in profile.text
    doc = await firm.known(firm.boss, "active")
    assert (doc.terms, doc.privacy, doc.phone) == ("1", "1", "0231 4712")
    # The introduction starts by itself, once.
    assert "data-tour-now" in (await visitor.get("/")).text
    await visitor.post("/tour")
    assert "data-tour-now" not in (await visitor.get("/")).text


# C13 C14 C15
async def test_the_form_asks_for_all_that_is_still_missing(firm: Firm) -> None:
    visitor, form, _ = await at_the_form(firm)
    assert visitor.page is not None
    text = visitor.page.text
    asked = set(re.findall(r'<input(?! type="hidden")[^>]* name="([a-z_]+)"', text))
    assert set(form) - {"token", "language"} <= asked
    for path in ("/legal/terms", "/legal/privacy"):
        assert f'href="{path}"' in text


# C14
@pytest.mark.parametrize(
    ("left_out", "sentence"), [("terms", "Geschäftsbedingungen"), ("privacy", "Datenschutzbestimmungen")]
)
async def test_nobody_registers_without_accepting(firm: Firm, left_out: str, sentence: str) -> None:
    visitor, form, path = await at_the_form(firm)
    read = await visitor.post(path, {name: value for name, value in form.items() if name != left_out})
    assert read.status == 422
    assert "Bitte akzeptieren Sie die" in read.text
    assert sentence in read.text
    assert 'value="Rita"' in read.text  # what was entered is still there
    assert PASSWORD not in read.text


# C15
async def test_a_weak_password_is_explained_beside_its_field(firm: Firm) -> None:
    visitor, form, path = await at_the_form(firm)
    read = await visitor.post(path, form | {"password": "kurz"})
    assert read.status == 422
    assert 'id="password-error"' in read.text
    assert "mindestens 10 Zeichen" in read.text


async def test_a_used_invitation_leads_to_the_login(firm: Firm) -> None:
    visitor, form, path = await at_the_form(firm)
    await visitor.post(path, form)
    read = await firm.visitor().get(f"{path}?token={form['token']}")
    assert "Sie sind bereits registriert" in read.text
    again = firm.visitor()
    await again.get("/login")
    assert (await again.post(path, form)).status == 409


async def test_a_withdrawn_invitation_says_whom_to_ask(firm: Firm) -> None:
    link = link_in((await firm.mails(firm.boss))[0])
    asked = WithdrawInvitation(user=user_id(firm.tenant, firm.boss), customer=firm.customer)
    await firm.portal.identity.execute(asked, firm.operator)
    read = await firm.visitor().get(link)
    assert "zurückgezogen" in read.text
    assert "0231 4711" in read.text


async def test_a_newer_invitation_replaces_the_older(firm: Firm) -> None:
    link = link_in((await firm.mails(firm.boss))[0])
    await firm.invite(firm.boss, Role.administrator)
    assert "abgelaufen" in (await firm.visitor().get(link)).text
    newest = link_in((await firm.mails(firm.boss, 2))[-1])
    assert newest != link
    assert "Zugang anlegen" in (await firm.visitor().get(newest)).text


async def test_a_forged_link_and_one_of_another_firm_look_the_same(firm: Firm, other_firm: Firm) -> None:
    link = link_in((await firm.mails(firm.boss))[0])
    forged = (await firm.visitor().get(link[:-3] + "abc")).text
    foreign = (await other_firm.visitor().get(link)).text
    assert "Dieser Link funktioniert nicht" in forged
    assert "Dieser Link funktioniert nicht" in foreign


async def test_a_forgotten_password_is_replaced_by_the_link_of_a_mail(firm: Firm) -> None:
    await firm.member(firm.boss, Role.administrator)
    visitor = firm.visitor()
    await visitor.get("/forgot")
    read = await visitor.post("/forgot", {"email": firm.boss})
    assert "Postfach" in read.text
    link = link_in(await firm.mail(firm.boss, "Neues Passwort festlegen"))
    await visitor.get(link)
    path, _, query = link.partition("?")
    read = await visitor.post(path, {"token": query.removeprefix("token="), "password": "Bauschutt im Garten"})
    assert read.path == "/login"
    assert (await visitor.log_in(firm.boss)).status == 401
    assert (await visitor.log_in(firm.boss, "Bauschutt im Garten")).status == 200
    await firm.mail(firm.boss, "Ihr Passwort wurde geändert")
    assert "funktioniert nicht mehr" in (await firm.visitor().get(link)).text


async def test_nobody_learns_whether_an_address_is_registered(firm: Firm) -> None:
    await firm.member(firm.boss, Role.administrator)
    answers = []
    for email in (firm.boss, "niemand@nirgends.example"):
        visitor = firm.visitor()
        await visitor.get("/forgot")
        read = await visitor.post("/forgot", {"email": email}, follow=False)
        answers.append((read.status, read.headers["Location"], sorted(read.cookies)))
    assert answers[0] == answers[1]


# C11
async def test_an_administrator_invites_a_colleague_to_some_sites_only(firm: Firm) -> None:
    boss = await firm.logged_in(firm.boss)
    await boss.get("/users/new")
    form = {"email": "anna@beck.example", "role": "orderer", "scope": "some", "sites": [str(firm.sites[0])]}
    read = await boss.post("/users/new", form)
    assert read.path == "/users"
    assert "anna@beck.example ist unterwegs" in read.text
    assert "Eingeladen" in read.text
    doc = await firm.known("anna@beck.example")
    assert doc.sites == (firm.sites[0],)
    assert doc.role is Role.orderer
    assert (await firm.mails("anna@beck.example"))[0]["Subject"].startswith("Ihr Zugang")


async def test_choosing_certain_sites_and_none_is_explained(firm: Firm) -> None:
    boss = await firm.logged_in(firm.boss)
    await boss.get("/users/new")
    read = await boss.post("/users/new", {"email": "anna@beck.example", "role": "orderer", "scope": "some"})
    assert read.status == 422
    assert "mindestens einen Standort" in read.text
    assert 'value="anna@beck.example"' in read.text


async def test_rights_are_changed_and_invitations_are_sent_again_and_withdrawn(firm: Firm) -> None:
    boss = await firm.logged_in(firm.boss)
    user = await firm.member("anna@beck.example", Role.reader)
    await boss.get(f"/users/{user}")
    read = await boss.post(f"/users/{user}/rights", {"role": "orderer", "scope": "all"})
    assert "Die Rechte sind gespeichert" in read.text
    assert "Besteller" in read.text
    await firm.invite("berta@beck.example", Role.reader)
    berta = user_id(firm.tenant, "berta@beck.example")
    await boss.get(f"/users/{berta}")
    assert (await boss.post(f"/users/{berta}/resend")).status == 200
    assert len(await firm.mails("berta@beck.example", 2)) == 2
    read = await boss.post(f"/users/{berta}/withdraw")
    assert "zurückgezogen" in read.text
    assert (await firm.known("berta@beck.example", "withdrawn")).state == "withdrawn"


async def test_the_last_administrator_stays(firm: Firm) -> None:
    boss = await firm.logged_in(firm.boss)
    me = user_id(firm.tenant, firm.boss)
    await boss.get(f"/users/{me}")
    read = await boss.post(f"/users/{me}/rights", {"role": "reader", "scope": "all"})
    assert read.status == 409
    assert "mindestens einen Administrator" in read.text


async def test_users_are_searched_filtered_sorted_and_exported(firm: Firm) -> None:
    boss = await firm.logged_in(firm.boss)
    for name in ("anna", "ben"):
        await firm.member(f"{name}@beck.example", Role.reader)
    read = await boss.get("/users?q=anna", accept="application/json")
    assert [user["email"] for user in json.loads(read.text)["users"]] == ["anna@beck.example"]
    read = await boss.get("/users?role=reader&sort=-email", accept="application/json")
    assert [u["email"] for u in json.loads(read.text)["users"]] == [
        "ben@beck.example",
        "anna@beck.example",
    ]
    read = await boss.get("/users?format=xlsx")
    assert read.data.startswith(b"PK")
    assert "Benutzer" in read.headers["Content-Disposition"]


async def test_an_invitation_is_mailed_once_however_often_the_event_comes(firm: Firm) -> None:
    from chassis.events import Meta
    from gateway.mails.invitation import invited

    await firm.mails(firm.boss)
    doc = await firm.portal.gateway.rows.get(who.users, firm.tenant, user_id(firm.tenant, firm.boss))
    assert doc is not None
    async with firm.portal.identity.single.connection() as conn:
        found = await conn.execute(
            "SELECT id, stream, version, at, partition, number, body FROM log"
            " WHERE tenant = %s AND type = 'UserInvited'",
            [firm.tenant],
        )
        row = await found.fetchone()
    assert row is not None
    id_, stream, version, at, partition, number, body = row
    meta = Meta(
        id_, firm.tenant, stream, version, "UserInvited", "identity", partition, number, at,
        None, "", firm.customer, None, None, None,
    )  # fmt: skip
    await invited(UserInvited.read(body), meta, firm.portal.gateway)
    assert len(await firm.mails(firm.boss)) == 1


async def test_a_profile_is_changed_and_its_language_with_it(firm: Firm) -> None:
    visitor = await firm.logged_in(firm.boss)
    await visitor.get("/profile")
    read = await visitor.post("/profile", {"first_name": "Eva", "last_name": "Kipper", "language": "en"})
    assert "Your profile is saved." in read.text or "Ihr Profil ist gespeichert." in read.text
    assert "Eva" in read.text

    async def english() -> bool:
        return "Personal data" in (await visitor.get("/profile")).text

    await until(english)
    assert (await visitor.get("/profile")).text.count('lang="en"') > 0


async def test_a_guest_chooses_the_language(firm: Firm) -> None:
    visitor = firm.visitor()
    assert "Passwort vergessen?" in (await visitor.get("/login")).text
    read = await visitor.post("/language", {"language": "en", "next": "/login"})
    assert read.path == "/login"
    assert "Forgotten your password?" in read.text
    assert "Forgotten your password?" in (await firm.visitor("en-GB").get("/login")).text
