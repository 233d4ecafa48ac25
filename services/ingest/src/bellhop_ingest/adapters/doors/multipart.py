"""What is in a form with files (RFC 7578)? Its fields as one JSON object, and the files beside them."""

import hashlib
from dataclasses import dataclass, field
from io import BytesIO
from typing import Final

import orjson
from python_multipart import parse_form
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import Field, File

from bellhop_common.http.problems import Problem
from bellhop_common.postgres.errors import Outage
from bellhop_ingest.domain.arrival import Attachment

MULTIPART: Final = "multipart/form-data"
MOST_PARTS: Final = 100


@dataclass(slots=True)
class FilledIn:
    """Of a repeated field the first value counts, as in a form without files."""

    fields: dict[str, str] = field(default_factory=dict)
    files: list[Attachment] = field(default_factory=list)
    parts: int = 0

    @property
    def raw(self) -> bytes:
        return orjson.dumps(self.fields)

    def add(self, part: Field) -> None:
        self._count()
        name, value = part.field_name or b"", part.value or b""
        self.fields.setdefault(name.decode("utf-8", "replace"), value.decode("utf-8", "replace"))

    def attach(self, part: File) -> None:
        self._count()
        part.file_object.seek(0)
        content = part.file_object.read()
        name = (part.file_name or b"file").decode("utf-8", "replace")
        if content:
            media_type = part.content_type or "application/octet-stream"
            digest = hashlib.sha256(content).hexdigest()
            self.files.append(Attachment(name[:200], media_type[:200], len(content), digest, content=content))
        part.close()

    def _count(self) -> None:
        self.parts += 1
        if self.parts > MOST_PARTS:
            raise Problem(413, "Too many fields", f"at most {MOST_PARTS}")


def filled_in(content_type: str, raw: bytes) -> FilledIn:
    found = FilledIn()
    headers = {"Content-Type": content_type.encode(), "Content-Length": str(len(raw)).encode()}
    try:
        parse_form(headers, BytesIO(raw), found.add, found.attach)
    except OSError as error:  # no room for a file on its way through; python_multipart's own is a ValueError too
        raise Outage(error) from error
    except (FormParserError, ValueError) as error:
        raise Problem(400, "Not a form", f"the parts can't be read: {type(error).__name__}") from error
    return found
