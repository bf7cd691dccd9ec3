"""The firm of the demo: Brinkhage Entsorgung in Münster, invented, with its logo and its address book."""

from __future__ import annotations

from importlib.resources import files
from uuid import NAMESPACE_DNS, UUID, uuid5

from chassis.files import Files
from contracts.identity.tenant import ConfigureTenant
from contracts.values import Address, Branding, File, LegalText

TENANT: UUID = uuid5(NAMESPACE_DNS, "demo.hoftor.example")
QUOTES = "angebote@brinkhage-entsorgung.example"
SENDER = "kundenportal@brinkhage-entsorgung.example"
FIRM = {
    "name": "Brinkhage Entsorgung GmbH",
    "street": "Robert-Bosch-Straße 19",
    "postal_code": "48153",
    "city": "Münster",
    "phone": "0251 000100",
    "email": "info@brinkhage-entsorgung.example",
    "register": "Amtsgericht Münster, HRB 00000",
    "bank": "Musterbank Münsterland",
    "iban": "DE00 0000 0000 0000 0000 00",
    "vat": "DE000000000",
}
LOGO = files("demo").joinpath("logo.svg").read_text("utf-8")


def legal(name: str) -> LegalText:
    """The first line of the file is its version."""
    version, _, text = files("demo").joinpath("texts", f"{name}.md").read_text("utf-8").partition("\n")
    return LegalText(version=version.strip(), text=text.strip())


async def tenant(store: Files) -> ConfigureTenant:
    data = LOGO.encode()
    logo = File(sha256=await store.put(data), name="logo.svg", media_type="image/svg+xml", size=len(data))
    return ConfigureTenant(
        tenant=TENANT,
        name=FIRM["name"],
        domains=("localhost", "127.0.0.1"),
        branding=Branding(primary="#14532d", accent="#d97706", logo=logo),
        sender=SENDER,
        quote_address=QUOTES,
        phone=FIRM["phone"],
        address=Address(street=FIRM["street"], postal_code=FIRM["postal_code"], city=FIRM["city"]),
        region="NW",
        imprint=legal("impressum"),
        terms=legal("agb"),
        privacy=legal("datenschutz"),
    )
