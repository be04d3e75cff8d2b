"""Made-up Thai factory names with real words in them, and the ways people type them. Seeded, so runs are alike."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator

from checklists.model import Site
from checklists.text import fold, fold_words, to_thai_digits, to_western_digits

BUSINESS = [
    "แป้งมันสำปะหลัง",
    "น้ำตาลทราย",
    "ยางแท่ง",
    "ยางแผ่นรมควัน",
    "พลาสติก",
    "เม็ดพลาสติก",
    "เหล็กเส้น",
    "เหล็กรีดร้อน",
    "อาหารทะเล",
    "อาหารสัตว์",
    "น้ำแข็ง",
    "น้ำดื่ม",
    "เฟอร์นิเจอร์ไม้",
    "ไม้แปรรูป",
    "กระดาษลูกฟูก",
    "กล่องกระดาษ",
    "สิ่งทอ",
    "ปั่นด้าย",
    "ทอผ้า",
    "ฟอกย้อม",
    "เสื้อผ้าสำเร็จรูป",
    "รองเท้า",
    "เครื่องหนัง",
    "เซรามิก",
    "กระเบื้อง",
    "แก้ว",
    "ปูนซีเมนต์",
    "คอนกรีตผสมเสร็จ",
    "เสาเข็ม",
    "อิฐบล็อก",
    "เคมีภัณฑ์",
    "ปุ๋ย",
    "สี",
    "ยา",
    "เครื่องสำอาง",
    "สบู่",
    "น้ำมันพืช",
    "น้ำมันปาล์ม",
    "โรงสีข้าว",
    "อบเมล็ดพืช",
    "ชิ้นส่วนยานยนต์",
    "ชุบโลหะ",
    "หล่อโลหะ",
    "กลึง",
    "ปั๊มโลหะ",
    "แม่พิมพ์",
    "อิเล็กทรอนิกส์",
    "สายไฟ",
    "แบตเตอรี่",
    "เครื่องปรับอากาศ",
    "รีไซเคิล",
    "หลอมอะลูมิเนียม",
    "ถุงมือยาง",
    "ล้อยาง",
    "ขนมปัง",
    "บะหมี่",
    "ไอศกรีม",
    "นมพาสเจอไรซ์",
    "ซอสปรุงรส",
    "น้ำปลา",
    "ผลไม้กระป๋อง",
    "ห้องเย็น",
]
GOOD = [
    "รุ่งเรือง",
    "เจริญ",
    "พัฒนา",
    "สยาม",
    "บางกอก",
    "ไทย",
    "ทวีทรัพย์",
    "โชคชัย",
    "ศิริ",
    "มงคล",
    "เอเชีย",
    "อินเตอร์",
    "แปซิฟิก",
    "ยูเนี่ยน",
    "โกลบอล",
    "เทค",
    "กรุ๊ป",
    "อินดัสตรี",
    "เอ็นจิเนียริ่ง",
    "โปรดักส์",
    "ซัพพลาย",
    "เทรดดิ้ง",
    "มั่นคง",
    "สมบูรณ์",
    "เพิ่มพูน",
    "ไพศาล",
    "ก้าวหน้า",
    "เฟื่องฟู",
    "วัฒนา",
    "กิจเจริญ",
    "ธนา",
    "ทรัพย์อนันต์",
]
FORMS = (("บริษัท ", " จำกัด"), ("บริษัท ", " จำกัด (มหาชน)"), ("ห้างหุ้นส่วนจำกัด ", ""), ("หจก. ", ""), ("โรงงาน", ""), ("", ""))
ENGLISH = ("Siam", "Thai", "Asia", "Union", "Global", "Starch", "Rubber", "Steel", "Foods", "Plastic", "Tech", "Paper")


def _places() -> list[tuple[str, str, str, str]]:
    """Return (province code, province, district, subdistrict) of the whole country."""
    import geothai

    return [
        (p.code, p.name_th, d.name_th, s.name_th)
        for p in geothai.provinces()
        for d in geothai.districts(p.code)
        for s in geothai.subdistricts(d.code)
    ]


def sites(count: int, seed: int = 1) -> Iterator[Site]:
    """Yield so many factories over real places."""
    chance, places = random.Random(seed), _places()
    for number in range(count):
        code, province, district, subdistrict = chance.choice(places)
        before, after = chance.choice(FORMS)
        words = [chance.choice((subdistrict, chance.choice(GOOD))), chance.choice(BUSINESS), chance.choice(GOOD)]
        if chance.random() < 0.3:
            digits = str(chance.randrange(2, 2600))
            words.append(to_thai_digits(digits) if chance.random() < 0.4 else digits)
        english = f"{chance.choice(ENGLISH)} {chance.choice(ENGLISH)} {number} Co., Ltd."
        yield Site(
            site_id=f"{number:014}",
            registry_no=f"{number:014}",
            old_no=f"3-{chance.randrange(1, 107)}({chance.randrange(1, 9)})-{number}/{chance.randrange(35, 62)}นบ",
            juristic_no=f"0{number:012}",
            former_names=_former(number, subdistrict) if number % 10 == 0 else (),
            name_th=before + (" " if chance.random() < 0.5 else "").join(words) + after,
            name_en=english if chance.random() < 0.5 else "",
            province_code=code,
            province=province,
            district=district,
            subdistrict=subdistrict,
            address=f"{chance.randrange(1, 999)}/{chance.randrange(1, 99)} หมู่ {chance.randrange(1, 12)}",
            example=True,
        )


def _former(number: int, subdistrict: str) -> tuple[str, ...]:
    """Return the name of before; from a chance of its own, so that the other rows stay as they are."""
    chance = random.Random(number)
    return (f"บริษัท {chance.choice(GOOD)}{subdistrict}{chance.choice(BUSINESS)} {chance.choice(GOOD)} จำกัด",)


def _typo(text: str, chance: random.Random) -> str:
    """Change one letter of the folded name: left out, doubled, or swapped with its neighbour."""
    place = chance.randrange(1, max(2, len(text) - 1))
    kind = chance.randrange(3)
    if kind == 0:
        return text[:place] + text[place + 1 :]
    if kind == 1:
        return text[:place] + text[place] + text[place:]
    return text[: place - 1] + text[place : place + 1] + text[place - 1] + text[place + 1 :]


def _other_digits(name: str) -> str:
    western = to_western_digits(name)
    return to_thai_digits(name) if western == name else western


_MARKS = dict.fromkeys(map(ord, "็่้๊๋์ํ๎"))

VARIANTS: dict[str, Callable[[str, random.Random], str]] = {
    "full": lambda name, _: name,
    "core": lambda name, _: " ".join(fold_words(name)),
    "no spaces": lambda name, _: name.replace(" ", ""),
    "no tone marks": lambda name, _: name.translate(_MARKS),
    "words reversed": lambda name, _: " ".join(reversed([w for w in name.split() if fold(w)])),
    "extra space": lambda name, c: name[: (p := c.randrange(2, len(name) - 1))] + " " + name[p:],
    "digits swapped": lambda name, _: _other_digits(name),
    "two-character am and ae": lambda name, _: name.replace("ำ", "\u0e4d\u0e32").replace("แ", "เเ"),
    "one typo": lambda name, c: _typo(fold(name), c),
    "middle part": lambda name, c: (z := fold(name))[(p := c.randrange(0, max(1, len(z) - 12))) : p + 12],
    "typed prefix": lambda name, _: (z := fold(name))[: max(4, len(z) * 2 // 3)],
}


OF_A_SITE: dict[str, Callable[[Site, random.Random], str]] = {
    "English name": lambda site, _: site.name_en,
    "English, a part": lambda site, _: site.name_en.removesuffix(" Co., Ltd.").lower(),
    "new number": lambda site, _: f"{site.registry_no[:3]}-{site.registry_no[3:9]} {site.registry_no[9:]}",
    "new number, Thai digits": lambda site, _: to_thai_digits(site.registry_no),
    "old number": lambda site, _: site.old_no,
    "old number, no marks": lambda site, _: "".join(c for c in to_thai_digits(site.old_no) if c.isalnum()),
    "juristic number": lambda site, _: f"{site.juristic_no[0]} {site.juristic_no[1:5]} {site.juristic_no[5:]}",
    "address": lambda site, _: f"{site.address} ต.{site.subdistrict} อ.{site.district} จ.{site.province}",
    "address, plain": lambda site, _: f"{site.address} {site.subdistrict} {site.district}",
    "name and province": lambda site, _: f"{site.name_th} {site.province}",
}
"""Other things that people type of a factory; found is that very one."""


def recall(
    search: Callable[[str], list[Site]], everything: list[Site], targets: int, seed: int = 2
) -> dict[str, float]:
    """Return by kind of query in how many of 100 targets one of the first ten hits has the target's folded name."""
    chance = random.Random(seed)
    chosen = [s for s in chance.sample(everything, targets) if len(fold(s.name_th)) >= 8]
    found = dict.fromkeys(VARIANTS, 0)
    for site in chosen:
        wanted = fold(site.name_th)
        for kind, variant in VARIANTS.items():
            hits = search(variant(site.name_th, chance))[:10]
            found[kind] += any(fold(hit.name_th) == wanted for hit in hits)
    shares = {kind: round(100 * count / len(chosen), 1) for kind, count in found.items()}
    of_sites = {kind: _recall_of_sites(search, chosen, kind, seed) for kind in OF_A_SITE}
    return {**shares, "former name": _recall_of_former(search, everything), **of_sites}


def _recall_of_sites(search: Callable[[str], list[Site]], chosen: list[Site], kind: str, seed: int) -> float:
    chance = random.Random(seed)
    asked = [(site, text) for site in chosen if (text := OF_A_SITE[kind](site, chance)).strip()]
    hits = [any(hit.site_id == site.site_id for hit in search(text)[:10]) for site, text in asked]
    return round(100 * sum(hits) / len(hits), 1)


def _recall_of_former(search: Callable[[str], list[Site]], everything: list[Site]) -> float:
    """Return in how many of 100 renamed sites one of the first ten hits had that name before, tone marks missing."""
    renamed = [site for site in everything if site.former_names][:200]
    asked = ((site, site.former_names[0]) for site in renamed)
    hits = [any(name in hit.former_names for hit in search(name.translate(_MARKS))[:10]) for _, name in asked]
    return round(100 * sum(hits) / len(hits), 1)
