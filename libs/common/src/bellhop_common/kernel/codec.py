"""How does a domain value become a JSON document, and come back the same?"""

from pydantic import TypeAdapter


class Codec:
    """Of one frozen dataclass; fields are only ever added, each with a default, since old documents stay."""

    def __init__(self, of: type[object]) -> None:
        self._adapter: TypeAdapter[object] = TypeAdapter(of)

    def dump(self, value: object) -> dict[str, object]:
        dumped = self._adapter.dump_python(value, mode="json")
        if not isinstance(dumped, dict):
            raise TypeError(f"a document is an object, got {type(value).__name__}")
        return dumped

    def load(self, document: dict[str, object]) -> object:
        return self._adapter.validate_python(document)
