"""The chapters of the waste catalogue (Abfallverzeichnis-Verordnung): two digits and what they stand for."""

from gateway.page import _

CHAPTERS = {
    "01": _("Mining and quarrying"),
    "02": _("Agriculture and food"),
    "03": _("Wood processing and paper"),
    "04": _("Leather and textiles"),
    "05": _("Petroleum and gas"),
    "06": _("Inorganic chemistry"),
    "07": _("Organic chemistry"),
    "08": _("Paints, adhesives and printing inks"),
    "09": _("Photography"),
    "10": _("Combustion and metallurgy"),
    "11": _("Surface treatment of metals"),
    "12": _("Metal and plastics processing"),
    "13": _("Oils and liquid fuels"),
    "14": _("Solvents and coolants"),
    "15": _("Packaging, wiping cloths and protective clothing"),
    "16": _("Vehicles, batteries and other waste"),
    "17": _("Construction and demolition"),
    "18": _("Medical and veterinary care"),
    "19": _("Waste and waste water treatment"),
    "20": _("Municipal and commercial waste"),
}
