"""A site in words: its name, number and place."""

from __future__ import annotations

from checklists.model import Site, Words
from checklists.numbers import format_factory_number

BANGKOK_CODE = "10"


def number_of(site: Site) -> str:
    """Return the number people know the site by."""
    if site.registry_no:
        return format_factory_number(site.registry_no)
    return site.old_no


def name_of(site: Site, language: str) -> str:
    """Return the site's name in the language of the screen, or the one it has."""
    return Words(site.name_th, site.name_en).in_language(language)


def place_of(site: Site, language: str) -> str:
    """Return sub-district, district and province as an address has them; Bangkok has its own words."""
    parts = (site.subdistrict, site.district, site.province)
    if language == "en":
        return ", ".join(part for part in parts if part)
    marks = ("แขวง", "เขต", "") if site.province_code == BANGKOK_CODE else ("ต.", "อ.", "จ.")
    return " ".join(f"{mark}{part}" for mark, part in zip(marks, parts, strict=True) if part)
