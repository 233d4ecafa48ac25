"""How does one result reach a machine or a person?"""

from collections.abc import Mapping

from bellhop_common.command_line.output import emit, show


def tell(record: Mapping[str, object], line: str, *, as_json: bool) -> None:
    if as_json:
        emit(record)
    else:
        show(line)
