"""What does a row of a customer list ask for? One upsert, whose id is the same whenever the row is."""

import difflib
import re
from collections.abc import Callable
from datetime import datetime
from typing import Final
from uuid import UUID

import orjson
from pydantic import ValidationError

from bellhop_common.events.customers import CustomerProfile, CustomerUpsert
from bellhop_common.events.envelope import Envelope
from bellhop_common.feeding.rows import Fields, Parcel, Problem, Row, told
from bellhop_common.ids import natural_id

SOURCE: Final = "bellhop/customers-import"
HANDLES: Final = ("email", "phone")
OWN: Final = ("customer_id", "external_system", "external_id", *HANDLES, "birthday")
COLUMNS: Final = (*OWN, *(name for name in CustomerProfile.model_fields if name != "external_ids"))
_BIRTHDAY: Final = re.compile(r"(?:(?P<year>\d{4})|-)-(?P<month>\d{2})-(?P<day>\d{2})", re.ASCII)


def parcels_at(now: datetime) -> Callable[[Row], Parcel | Problem]:
    def parcel_of(row: Row) -> Parcel | Problem:
        unknown = next((name for name in row.fields if name not in COLUMNS), None)
        if unknown is not None:
            return Problem(row.line, _unknown(unknown))
        try:
            return _parcel(row, _upsert(row.fields, now))
        except ValidationError as error:
            return Problem(row.line, told(error).replace("profile.", ""))
        except ValueError as error:
            return Problem(row.line, str(error))

    return parcel_of


def _upsert(fields: Fields, now: datetime) -> CustomerUpsert:
    system, external = fields.get("external_system"), fields.get("external_id")
    if (system is None) != (external is None):
        raise ValueError("external_system and external_id: expected both or neither")
    if external is None and fields.get("customer_id") is None:
        raise ValueError("expected customer_id, or external_system with external_id: else nobody knows who it is")
    asked: dict[str, object] = {"profile": _profile(fields)}
    if fields.get("customer_id") is not None:
        asked["customer_id"] = fields["customer_id"]
    if external is not None:
        asked["external_id"] = {"system": system, "id": external}
    command = natural_id(SOURCE, orjson.dumps(asked, option=orjson.OPT_SORT_KEYS).decode())
    actor = {"kind": "operator", "id": SOURCE}
    return CustomerUpsert.model_validate({**asked, "command_id": str(command), "issued_at": now, "actor": actor})


def _profile(fields: Fields) -> dict[str, object]:
    """Only what the row says, since what is present replaces what is known."""
    profile = {name: value for name, value in fields.items() if name not in OWN}
    handles = [{"kind": kind, "value": fields[kind]} for kind in HANDLES if fields.get(kind)]
    if handles:
        profile["handles"] = handles
    if "birthday" in fields:
        profile["occasions"] = [_birthday(str(fields["birthday"]))]
    return profile


def _birthday(text: str) -> dict[str, object]:
    found = _BIRTHDAY.fullmatch(text)
    if found is None:
        raise ValueError(f"birthday: got {text!r}, expected 1990-12-31, or --12-31 without the year")
    year = found["year"]
    return {
        "kind": "birthday",
        "month": int(found["month"]),
        "day": int(found["day"]),
        "year": None if year is None else int(year),
    }


def _parcel(row: Row, upsert: CustomerUpsert) -> Parcel:
    envelope = Envelope(upsert.command_id, SOURCE, CustomerUpsert.type_name, _key(upsert), upsert.issued_at)
    value = upsert.model_dump_json(exclude_unset=True, by_alias=True).encode()
    return Parcel(row.line, _key(upsert).encode(), value, envelope.headers())


def _key(upsert: CustomerUpsert) -> str:
    customer, external = upsert.customer_id, upsert.external_id
    if customer is not None or external is None:
        return str(customer or UUID(int=0))
    return str(natural_id("external", external.system, external.id))


def _unknown(name: str) -> str:
    close = difflib.get_close_matches(name, COLUMNS, n=1)
    hint = f"did you mean {close[0]!r}?" if close else f"expected some of {', '.join(COLUMNS)}"
    return f"unknown field {name!r}; {hint}"
