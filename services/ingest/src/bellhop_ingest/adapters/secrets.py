"""Which secrets are behind a name in the desk file? The lines of a file, all of them valid."""

import hmac
import os
from collections.abc import Callable
from pathlib import Path


class Secrets:
    """From `<folder>/<name>`, else from `BELLHOP_SECRET_<NAME>`; read anew each time, so that they can be rotated."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder

    def of(self, name: str | None) -> tuple[bytes, ...]:
        if name is None or not name.replace("-", "").replace("_", "").replace(".", "").isalnum():
            return ()
        path = None if self._folder is None else self._folder / name
        if path is not None and path.is_file():
            lines = path.read_text().splitlines()
        else:
            lines = [os.environ.get(f"BELLHOP_SECRET_{name.upper().replace('-', '_')}", "")]
        return tuple(line.strip().encode() for line in lines if line.strip())


def any_matches(secrets: tuple[bytes, ...], given: str, sign: Callable[[bytes], str]) -> bool:
    """Constant time per secret, and all of them are tried."""
    results = [hmac.compare_digest(sign(secret).encode(), given.encode()) for secret in secrets]
    return any(results)
