"""The waste types of the firm with their AVV codes, and the containers that take them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Waste:
    number: str
    code: str
    name: str
    density: float
    """tonnes in a cubic metre as it lies in the container"""
    price: int
    """euros for a tonne; negative: the firm pays for it"""
    fits: str
    """families of containers: A Absetz-, R Abroll-, U Umleerbehälter, P Presscontainer"""
    hazardous: bool = False
    note: str = ""


WASTE = (
    Waste("BS", "170107", "Bauschutt, gemischt", 1.25, 29, "A", note="Beton, Ziegel, Fliesen und Keramik ohne Gips"),
    Waste("BET", "170101", "Beton", 1.4, 22, "AR"),
    Waste("ZIE", "170102", "Ziegel", 1.2, 24, "A"),
    Waste("FLI", "170103", "Fliesen und Keramik", 1.1, 32, "A"),
    Waste("ERD", "170504", "Boden und Steine", 1.5, 19, "A"),
    Waste("GIP", "170802", "Baustoffe auf Gipsbasis", 0.6, 118, "A", note="Rigips, Gipsputz, Gipsdielen"),
    Waste("ASP", "170302", "Asphalt, teerfrei", 1.3, 34, "A"),
    Waste("TEER", "170301", "Asphalt, teerhaltig", 1.3, 132, "A", True),
    Waste("BMA", "170904", "Gemischte Bau- und Abbruchabfälle", 0.35, 189, "AR"),
    Waste("HO", "170201", "Holz A I–A III (Bau und Abbruch)", 0.22, 62, "AR"),
    Waste("HO4", "170204", "Holz A IV, belastet", 0.24, 124, "AR", True, "Fenster, Außentüren, Dachbalken, Zäune"),
    Waste("GLB", "170202", "Flachglas", 0.5, 48, "A"),
    Waste("KUB", "170203", "Kunststoff aus dem Bau", 0.1, 168, "AR"),
    Waste("DAE", "170604", "Dämmmaterial", 0.06, 460, "AR"),
    Waste("KMF", "170603", "Mineralfaserdämmung (KMF), gefährlich", 0.08, 495, "A", True, "Nur in KMF-Säcken verpackt"),
    Waste("ASB", "170605", "Asbesthaltige Baustoffe", 0.9, 215, "A", True, "Nur in Big Bags verpackt, TRGS 519"),
    Waste("EIS", "170405", "Eisen und Stahl", 0.5, -148, "AR"),
    Waste("KUP", "170401", "Kupfer, Bronze, Messing", 0.5, -4200, "A"),
    Waste("ALU", "170402", "Aluminium", 0.2, -960, "AR"),
    Waste("KAB", "170411", "Kabel", 0.3, -1350, "A"),
    Waste("PPK", "150101", "Papier und Pappe", 0.09, -42, "ARUP"),
    Waste("FOL", "150102", "Verpackungen aus Kunststoff", 0.05, 0, "RUP"),
    Waste("VHO", "150103", "Verpackungen aus Holz", 0.2, 38, "AR"),
    Waste("VME", "150104", "Verpackungen aus Metall", 0.15, -55, "RU"),
    Waste("LVP", "150106", "Gemischte Verpackungen", 0.07, 142, "RUP"),
    Waste("VGL", "150107", "Verpackungen aus Glas", 0.35, 12, "AU"),
    Waste("GEB", "150110", "Verpackungen mit schädlichen Resten", 0.12, 590, "A", True),
    Waste("OEL", "150202", "Ölverschmutzte Betriebsmittel", 0.25, 540, "A", True, "Putzlappen, Bindemittel, Filter"),
    Waste("SPE", "120101", "Eisenfeil- und -drehspäne", 0.9, -105, "AR"),
    Waste("SPN", "120103", "NE-Metallspäne", 0.6, -820, "A"),
    Waste("SAL", "120109", "Bearbeitungsemulsionen", 1.0, 155, "A", True),
    Waste("SCH", "120117", "Strahlmittelabfälle", 1.1, 96, "A"),
    Waste("GUM", "191204", "Kunststoff und Gummi", 0.25, 160, "AR"),
    Waste("HSP", "030105", "Späne, Sägemehl und Holzreste", 0.18, 34, "AR"),
    Waste("AZV", "200301", "Gemischte Siedlungsabfälle", 0.14, 196, "ARUP", note="Hausmüllähnlicher Gewerbeabfall"),
    Waste("SPM", "200307", "Sperrmüll", 0.13, 172, "AR"),
    Waste("GRU", "200201", "Grün- und Gartenabfälle", 0.25, 58, "AR"),
    Waste("BIO", "200108", "Küchen- und Kantinenabfälle", 0.55, 128, "U"),
    Waste("PAP", "200101", "Papier und Pappe aus Haushalten", 0.08, -30, "UP"),
    Waste("EAG", "200136", "Elektroaltgeräte", 0.2, 0, "A"),
)

KINDS = {"A": ["exchange", "emptying", "removal"], "R": ["exchange", "removal"], "U": ["emptying", "removal"]}
FAMILIES = {"A": "Absetzbehälter", "R": "Abrollbehälter", "U": "Umleerbehälter", "P": "Presscontainer"}

TYPES: tuple[tuple[str, str, str, str, str], ...] = (
    ("AB5", "A", "5", "offen", "Absetzcontainer 5 m³"),
    ("AB5D", "A", "5", "mit Deckel", "Absetzcontainer 5 m³ mit Deckel"),
    ("AB7", "A", "7", "offen", "Absetzcontainer 7 m³"),
    ("AB7D", "A", "7", "mit Deckel", "Absetzcontainer 7 m³ mit Deckel"),
    ("AB10", "A", "10", "offen", "Absetzcontainer 10 m³"),
    ("AB10D", "A", "10", "mit Deckel", "Absetzcontainer 10 m³ mit Deckel"),
    ("AR20", "R", "20", "offen", "Abrollcontainer 20 m³"),
    ("AR30", "R", "30", "offen", "Abrollcontainer 30 m³"),
    ("AR36", "R", "36", "offen", "Abrollcontainer 36 m³"),
    ("AR36D", "R", "36", "mit Deckel", "Abrollcontainer 36 m³ mit Deckel"),
    ("AR40", "R", "40", "offen", "Abrollcontainer 40 m³"),
    ("UB1", "U", "1.1", "fahrbar", "Umleerbehälter 1,1 m³"),
    ("UB2", "U", "2.5", "mit Deckel", "Umleerbehälter 2,5 m³"),
    ("UB5", "U", "5", "mit Deckel", "Umleerbehälter 5 m³"),
    ("PC10", "P", "10", "selbstpressend", "Presscontainer 10 m³"),
    ("PC20", "P", "20", "selbstpressend", "Presscontainer 20 m³"),
)
BY_NUMBER = {waste.number: waste for waste in WASTE}
TYPE = {number: (family, float(volume), name) for number, family, volume, _, name in TYPES}
TRANSPORT = {"A": 118, "R": 156, "U": 24, "P": 179}
"""euros for a journey"""


def fits(waste: Waste, number: str, family: str) -> bool:
    if family not in waste.fits:
        return False
    # What may not get wet or blow away needs a lid; what is heavy does not fit on the lorry in large ones.
    covered = waste.hazardous or waste.number in ("KMF", "OEL", "GIP")
    if family == "A" and covered and not number.endswith("D"):
        return False
    return not (waste.density >= 1 and number.startswith("AB10"))


def waste_types() -> list[dict[str, Any]]:
    return [
        {
            "number": waste.number,
            "name": waste.name,
            "code": waste.code,
            "hazardous": waste.hazardous,
            "description": waste.note,
        }
        for waste in WASTE
    ]


def container_types() -> list[dict[str, Any]]:
    return [
        {
            "number": number,
            "name": name,
            "family": FAMILIES[family],
            "volume": volume,
            "variant": variant,
            "waste_types": [waste.number for waste in WASTE if fits(waste, number, family)],
            "kinds": KINDS.get(family, ["emptying", "exchange"]),
        }
        for number, family, volume, variant, name in TYPES
    ]
