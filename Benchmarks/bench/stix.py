"""Invented STIX 2.1 indicators of an exact size."""

import json
import random

OBJECT_BYTES = 600
AMBER_STRICT = "marking-definition--939a9414-2ddd-4d32-a0cd-375ea402b003"
ADDRESSING = "extension-definition--7f9cf1c6-7b4e-4bd5-9f3c-3b8f9c4b8c11"
_FILLER = "Consignments declared as machine parts, same consignee, three ports in nine days. "


def uuid4(source: random.Random) -> str:
    """A UUID of version 4 from a seeded source."""
    bits = source.getrandbits(128) & ~(0xF << 76) & ~(0x3 << 62) | 0x4 << 76 | 0x2 << 62
    text = f"{bits:032x}"
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def _template() -> str:
    indicator = {
        "type": "indicator",
        "spec_version": "2.1",
        "id": "indicator--@UUID@",
        "created": "2026-01-05T08:00:00.000Z",
        "modified": "2026-01-05T08:00:00.000Z",
        "name": "Consignment @UUID@",
        "description": "",
        "indicator_types": ["anomalous-activity"],
        "pattern": "[file:name = '@UUID@']",
        "pattern_type": "stix",
        "valid_from": "2026-01-05T08:00:00Z",
    }
    used = len(json.dumps(indicator, separators=(",", ":")).replace("@UUID@", "0" * 36))
    filler = _FILLER * (OBJECT_BYTES // len(_FILLER) + 1)
    indicator["description"] = filler[: OBJECT_BYTES - used]
    return json.dumps(indicator, separators=(",", ":"))


TEMPLATE = _template()
_PARTS = TEMPLATE.split("@UUID@")


def indicator(source: random.Random) -> str:
    """One indicator of OBJECT_BYTES bytes."""
    return uuid4(source).join(_PARTS)


def addressed(source: random.Random, addressees: list[str]) -> str:
    """One indicator that only `addressees` (identity ids) and its author may see."""
    extension = {ADDRESSING: {"extension_type": "property-extension", "addressees": addressees}}
    narrowing = json.dumps(
        {"object_marking_refs": [AMBER_STRICT], "extensions": extension}, separators=(",", ":")
    )
    return indicator(source)[:-1] + "," + narrowing[1:]


def envelope(objects: list[str]) -> bytes:
    """A TAXII envelope of the objects."""
    return ('{"objects":[' + ",".join(objects) + "]}").encode()
