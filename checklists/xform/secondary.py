"""Secondary instances: lists inside the form, and external CSV, XML and GeoJSON, all as small elements."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Mapping
from typing import Any

from lxml import etree

from checklists.xform.problems import LoadProblem
from checklists.xform.xml import local, own_text, parse_xml
from checklists.xpath.tree import Element

MAX_ROWS = 500_000
_NOT_A_NAME = re.compile(r"[^\w.\-]")


class DataError(ValueError):
    """An external file that is not what its name says; `problem` is a `LoadProblem`."""

    def __init__(self, code: str, **data: object) -> None:
        super().__init__(code)
        self.problem = LoadProblem(code, data=data)


def from_element(source: etree._Element) -> Element:
    """Return the document over a copy of an XML element, namespaces dropped."""
    document = Element("")
    _copy(source, document)
    return document


def _copy(source: etree._Element, parent: Element) -> None:
    stack = [(source, parent)]
    while stack:
        xml, above = stack.pop()
        attributes = {str(k).rpartition("}")[2]: str(v) for k, v in xml.attrib.items()}
        text = own_text(xml) if len(xml) else xml.text or ""
        made = Element(local(xml), text.strip() if len(xml) else text, parent=above, attributes=attributes)
        stack.extend((kid, made) for kid in reversed(xml) if local(kid))


def from_file(name: str, data: bytes) -> Element:
    """Return the document of an external file by its ending. Raises `DataError` or `FormError`."""
    lower = name.lower()
    if lower.endswith(".csv"):
        return from_csv(data)
    if lower.endswith((".geojson", ".json")):
        return from_geojson(data)
    return from_element(parse_xml(data, name=name))


def decoded(data: bytes) -> str:
    """Return text of UTF-8 with or without a mark, else of Windows-874, which Thai Excel writes."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp874", "replace")


def from_csv(data: bytes) -> Element:
    """Return `root/item/<column>` elements of a table with a header row; commas, semicolons or tabs."""
    text = decoded(data)
    header, _, _ = text.partition("\n")
    delimiter = max(",;\t", key=header.count)
    document = Element("")
    root = Element("root", parent=document)
    try:
        rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
        names = [_NOT_A_NAME.sub("_", name.strip()) for name in next(rows, [])]
        for number, row in enumerate(rows, 1):
            if number > MAX_ROWS:
                raise DataError("form-too-large", rows=number, most=MAX_ROWS)
            if any(row):
                item = Element("item", parent=root)
                for name, value in zip(names, row, strict=False):
                    Element(name, value, parent=item)
    except csv.Error as error:
        raise DataError("csv-malformed", detail=str(error)) from error
    return document


def from_geojson(data: bytes) -> Element:
    """Return `root/item` elements of a FeatureCollection: the properties, `id` and `geometry` as ODK writes points."""
    document = Element("")
    root = Element("root", parent=document)
    try:
        features = json.loads(decoded(data))["features"]
        for feature in features[:MAX_ROWS]:
            _feature(feature, root)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise DataError("geojson-malformed", detail=str(error)) from error
    return document


def _feature(feature: Mapping[str, Any], root: Element) -> None:
    item = Element("item", parent=root)
    geometry = feature.get("geometry") or {}
    Element("geometry", _geometry(geometry), parent=item)
    properties = dict(feature.get("properties") or {})
    if "id" in feature:
        properties.setdefault("id", feature["id"])
    for name, value in properties.items():
        Element(_NOT_A_NAME.sub("_", str(name)), "" if value is None else _plain(value), parent=item)


def _plain(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _geometry(geometry: Mapping[str, Any]) -> str:
    coordinates = geometry.get("coordinates") or []
    points = {"Point": [coordinates], "LineString": coordinates, "Polygon": (coordinates or [[]])[0]}
    chosen = points.get(str(geometry.get("type")), [])
    return "; ".join(f"{point[1]} {point[0]} {point[2] if len(point) > 2 else 0} 0" for point in chosen if point)


def file_name(source: str) -> str:
    """Return the name of the file that an instance's `src` asks for: `jr://file-csv/x.csv` wants `x.csv`."""
    return source.rpartition("/")[2]
