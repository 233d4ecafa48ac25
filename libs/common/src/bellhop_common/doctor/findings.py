"""What did the doctor look at, what was found, and what is to be done about it?"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """`advice` is empty where all is well; `unreachable`: a server that everything depends on doesn't answer."""

    check: str
    where: str
    found: str
    advice: str = ""
    unreachable: bool = False

    @property
    def ok(self) -> bool:
        return not self.advice

    def record(self) -> dict[str, object]:
        told: dict[str, object] = {"check": self.check, "where": self.where, "ok": self.ok, "found": self.found}
        return told if self.ok else {**told, "advice": self.advice}
