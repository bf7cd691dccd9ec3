"""Three customers of different size with their sites, and who works there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Site:
    number: str
    name: str
    street: str
    postal_code: str
    city: str
    latitude: float
    longitude: float
    containers: int


@dataclass(frozen=True)
class Customer:
    number: str
    name: str
    street: str
    postal_code: str
    city: str
    phone: str
    email: str
    stock: str
    """What stands there, as `type:waste` in the order of frequency."""
    orders: int
    invoices: int
    sites: tuple[Site, ...]


CUSTOMERS = (
    Customer(
        "10017",
        "Westermann & Söhne Bauunternehmung GmbH",
        "Hafenweg 31",
        "48155",
        "Münster",
        "0251 000140",
        "info@westermann-bau.example",
        "AB7:BS AB10:BMA AR20:HO AB7:ERD AB5D:GIP AR30:BMA AB10:HO AB5:BET AR30:EIS AB7D:HO4 AR36:VHO AB5D:KMF UB1:AZV",
        760,
        122,
        (
            Site("10017-01", "Bauhof Gelmer", "Gelmerheide 12", "48157", "Münster", 52.0189, 7.6873, 9),
            Site("10017-02", "Baustelle Hafenquartier", "Hafenweg 22", "48155", "Münster", 51.9513, 7.6402, 7),
            Site(
                "10017-03", "Neubau Steinfurter Straße", "Steinfurter Straße 114", "48149", "Münster", 51.979, 7.601, 5
            ),
            Site("10017-04", "Umbau Marktallee Hiltrup", "Marktallee 38", "48165", "Münster", 51.9055, 7.644, 4),
            Site("10017-05", "Baustelle Telgte", "Münsterstraße 22", "48291", "Telgte", 51.9808, 7.779, 3),
            Site("10017-06", "Sanierung Greven", "Martinistraße 18", "48268", "Greven", 52.0925, 7.61, 3),
            Site(
                "10017-07",
                "Abbruch Hannoversche Straße",
                "Hannoversche Straße 40",
                "49084",
                "Osnabrück",
                52.264,
                8.075,
                4,
            ),
        ),
    ),
    Customer(
        "10024",
        "Feldhaus Metalltechnik GmbH & Co. KG",
        "Siemensstraße 55",
        "48153",
        "Münster",
        "0251 000277",
        "technik@feldhaus-metall.example",
        "AR36:SPE AB7:SPN PC20:PPK AR30:EIS UB5:AZV AB7D:OEL AR36D:LVP UB2:PPK AB10:VHO PC10:FOL AB5D:GEB"
        " UB1:BIO AR30:ALU",
        480,
        76,
        (
            Site("10024-01", "Werk 1 Münster", "Siemensstraße 55", "48153", "Münster", 51.929, 7.625, 10),
            Site("10024-02", "Werk 2 Greven", "Hansaring 40", "48268", "Greven", 52.084, 7.583, 7),
            Site("10024-03", "Lager Hiltrup", "Fuggerstraße 15", "48165", "Münster", 51.895, 7.618, 5),
            Site("10024-04", "Werk 3 Osnabrück", "Hansastraße 80", "49090", "Osnabrück", 52.3, 8.029, 6),
        ),
    ),
    Customer(
        "10038",
        "Wohnbau Aatal eG",
        "Warendorfer Straße 85",
        "48145",
        "Münster",
        "0251 000391",
        "verwaltung@wohnbau-aatal.example",
        "UB1:AZV UB1:PAP UB5:AZV UB2:PAP AB10:SPM AB7:GRU UB1:LVP AR30:SPM AB5:EAG",
        260,
        52,
        (
            Site("10038-01", "Quartier Coerde", "Hamannplatz 10", "48157", "Münster", 51.992, 7.648, 5),
            Site("10038-02", "Quartier Kinderhaus", "Idenbrockplatz 8", "48159", "Münster", 51.9895, 7.6025, 5),
            Site("10038-03", "Quartier Gievenbeck", "Rüschhausweg 20", "48161", "Münster", 51.97, 7.568, 4),
            Site("10038-04", "Quartier Berg Fidel", "Hogenbergstraße 40", "48153", "Münster", 51.9265, 7.62, 3),
        ),
    ),
)


@dataclass(frozen=True)
class Person:
    customer: str
    first_name: str
    last_name: str
    email: str
    role: str
    phone: str = ""
    sites: tuple[str, ...] | None = None

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}"


PASSWORD = "Hofeinfahrt-48155"
PEOPLE = (
    Person("10017", "Katrin", "Westermann", "k.westermann@westermann-bau.example", "administrator", "0251 000141"),
    Person(
        "10017",
        "Murat",
        "Yıldız",
        "m.yildiz@westermann-bau.example",
        "orderer",
        "0152 28817386",
        ("10017-02", "10017-03", "10017-04"),
    ),
    Person("10017", "Petra", "Overbeck", "p.overbeck@westermann-bau.example", "reader", "0251 000143"),
    Person("10024", "Jens", "Feldhaus", "j.feldhaus@feldhaus-metall.example", "administrator", "0251 000278"),
    Person("10024", "Ilona", "Kramer", "i.kramer@feldhaus-metall.example", "orderer", "", ("10024-02",)),
)
"""The first of a customer is invited by the firm itself; the third customer is left to whoever tries it out."""


def customers() -> list[dict[str, Any]]:
    return [
        {"number": one.number, "name": one.name, "address": address(one), "phone": one.phone, "email": one.email}
        for one in CUSTOMERS
    ]


def sites() -> list[dict[str, Any]]:
    return [
        {
            "number": site.number,
            "customer": one.number,
            "name": site.name,
            "address": address(site),
            "coordinates": {"latitude": site.latitude, "longitude": site.longitude},
        }
        for one in CUSTOMERS
        for site in one.sites
    ]


def address(place: Customer | Site) -> dict[str, str]:
    return {"street": place.street, "postal_code": place.postal_code, "city": place.city}
