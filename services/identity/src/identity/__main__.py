"""Runs identity: firms, their customers and sites, and the users who may come in."""

from chassis.room import Room, run

from identity import attempts, domains, hashes, members
from identity.customer import customer
from identity.knowledge import along, before
from identity.letters import invitation, letters, reset_link
from identity.login import login
from identity.reactions import reactions
from identity.site import site
from identity.tenant import tenant
from identity.user import user

room = Room(
    "identity",
    deciders=[tenant, customer, site, user],
    reactions=reactions,
    views=[letters],
    tables=[
        *(domains.TABLE, domains.FILLED),
        *(hashes.TABLE, members.TABLE, members.INDEX),
        *(attempts.TABLE, *attempts.INDEXES),
    ],
    routes=[login, invitation, reset_link],
    before=before,
    along=along,
)

if __name__ == "__main__":
    run(room)
