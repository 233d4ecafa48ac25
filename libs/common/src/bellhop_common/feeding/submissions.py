"""Is this line an event that may be published to the inbound topic? As ingest's readers would have it."""

import orjson
from pydantic import ValidationError

from bellhop_common.events.contacts import ContactSubmitted
from bellhop_common.events.envelope import BadEnvelope, read_structured
from bellhop_common.feeding.rows import Parcel, Problem, Row, told


def parcel_of(row: Row) -> Parcel | Problem:
    """Binary mode, so that every reader can take it in; what belongs to one thread has one key."""
    try:
        envelope, data = read_structured(orjson.dumps(row.fields))
        if envelope.type != ContactSubmitted.type_name:
            return Problem(row.line, f"type: got {envelope.type!r}, expected {ContactSubmitted.type_name!r}")
        submitted = ContactSubmitted.model_validate_json(data)
    except BadEnvelope as error:
        return Problem(row.line, error.reason.replace("ce_", ""))
    except ValidationError as error:
        return Problem(row.line, "; ".join(f"data.{part}" for part in told(error).split("; ")))
    key = submitted.thread_key or submitted.submission_id
    return Parcel(row.line, key.encode(), data, envelope.headers())
