"""Through which door did it come, and what does that door know that the bytes don't say?"""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Reception:
    """`own_domains` and `own_addresses` are in lower case: what we send from, and where mail reaches us.

    `trusted_servers` are the names our own mail servers sign Authentication-Results with; nobody else's
    verdict counts. `recipients` and `envelope_sender` are the SMTP envelope; an empty sender is a bounce's.
    `region` reads phone numbers without a country code.
    """

    entry_point: str
    received_at: datetime
    own_domains: frozenset[str] = frozenset()
    own_addresses: frozenset[str] = frozenset()
    trusted_servers: frozenset[str] = frozenset()
    recipients: tuple[str, ...] = ()
    envelope_sender: str | None = None
    region: str | None = None
    max_mail_bytes: int = 20 * 1024 * 1024
    max_body_bytes: int = 2 * 1024 * 1024

    def is_own(self, address: str) -> bool:
        folded = address.casefold()
        return folded in self.own_addresses or folded.rpartition("@")[2] in self.own_domains
