"""Did a machine write this mail? RFC 3834 and 3464 marks, list and loop headers, judged on headers alone."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bellhop_ingest.domain.outcomes import ParkReason
from bellhop_ingest.domain.reception import Reception

Headers = Mapping[str, Sequence[str]]
"""Lower-case name → decoded values, top to bottom."""


@dataclass(frozen=True, slots=True)
class Mark:
    reason: ParkReason
    detail: str


_DAEMON = re.compile(
    r"(mailer[-_.]?daemon|postmaster|mdaemon|mail[._ -]?delivery|delivery[._ -]?(sub)?system|mailadm)", re.IGNORECASE
)
_BOUNCE_SUBJECT = re.compile(
    r"undeliver|undelivered|not be delivered|not (yet )?been delivered|non[- ]?remis|unzustellbar|"
    r"deliver(y|ies)? (has )?(status|fail|problem|report|notification|delay|error)|(mail|message) (delayed|delivery)|"
    r"delayed mail|fail(ure|ed) (notice|mail|delivery)|returned mail|return(ed|ing) (message )?to sender|"
    r"(user|recipient) unknown|unknown user|rejected mail|non recens|недоставлен|не е доставен|退信|未送达",
    re.IGNORECASE,
)
_AUTO_SUBJECT = re.compile(
    r"(auto(matic|matische|mated)?[- ]?(reply|response|antwort)|out of (the )?office|autosvar|abwesenheit"
    r"|réponse automatique|respuesta automática|risposta automatica|автоматичен отговор|автоответ|自动回复|自動回覆)",
    re.IGNORECASE,
)
_LIST_HEADERS = ("list-id", "list-post", "list-unsubscribe", "mailing-list", "x-mailman-version", "x-beenthere")
_BULK = frozenset({"bulk", "junk", "list"})
_YES = frozenset({"yes", "true", "1"})


def park_mark(headers: Headers, sender: str | None, reception: Reception) -> Mark | None:
    """The strongest reason not to answer; a bounce is recognised before by what it carries."""
    return (
        _loop(headers, sender, reception)
        or _auto_reply(headers)
        or _list(headers, reception)
        or _null_path(headers, sender, reception)
        or _spam(headers)
    )


def automatic_reply_unwanted(headers: Headers) -> bool:
    """A person wrote it, yet asks for no machine's answer (Microsoft's convention)."""
    wanted = {part.strip().casefold() for part in first(headers, "x-auto-response-suppress").split(",")}
    return bool(wanted & {"all", "autoreply", "oof"})


def looks_like_bounce(headers: Headers, sender: str | None) -> bool:
    """Whether it's worth looking for failed recipients in the text; people do forward bounces."""
    return (
        has_null_path(headers)
        or is_daemon(sender, headers)
        or bool(headers.get("x-failed-recipients"))
        or "multipart/report" in first(headers, "content-type").casefold()
        or _auto_submitted(headers) is not None
        or (bool(_BOUNCE_SUBJECT.search(first(headers, "subject"))) and not headers.get("in-reply-to"))
    )


def is_daemon(sender: str | None, headers: Headers) -> bool:
    said = f"{sender or ''} {first(headers, 'from')} {first(headers, 'return-path')}"
    return bool(_DAEMON.search(said))


def is_bounce_without_recipients(headers: Headers, sender: str | None) -> bool:
    return (is_daemon(sender, headers) or has_null_path(headers)) and bool(
        _BOUNCE_SUBJECT.search(first(headers, "subject"))
    )


def has_null_path(headers: Headers) -> bool:
    return first(headers, "return-path").replace(" ", "").casefold() in {"<>", "<mailer-daemon>"}


def first(headers: Headers, name: str) -> str:
    values = headers.get(name) or ("",)
    return values[0].strip()


def _loop(headers: Headers, sender: str | None, reception: Reception) -> Mark | None:
    if headers.get("x-loop"):
        return Mark(ParkReason.LOOP, f"X-Loop: {first(headers, 'x-loop')[:200]}")
    domain = first(headers, "message-id").strip("<> ").rpartition("@")[2].casefold()
    if domain and domain in reception.own_domains:
        return Mark(ParkReason.LOOP, f"Message-ID of our own domain {domain}")
    if sender and sender.casefold() in reception.own_addresses:
        return Mark(ParkReason.LOOP, "sent from an address of ours")
    return None


def _auto_reply(headers: Headers) -> Mark | None:
    submitted = _auto_submitted(headers)
    if submitted is not None:
        return Mark(ParkReason.AUTO_REPLY, f"Auto-Submitted: {submitted[:200]}")
    for name in ("x-autoreply", "x-autorespond", "x-autoresponder"):
        if headers.get(name) and first(headers, name).casefold() not in {"no", "false", "0"}:
            return Mark(ParkReason.AUTO_REPLY, f"{name.title()}: {first(headers, name)[:200]}")
    if any(first(headers, name).casefold() == "auto_reply" for name in ("precedence", "x-precedence")):
        return Mark(ParkReason.AUTO_REPLY, "Precedence: auto_reply")
    if "disposition-notification" in first(headers, "content-type").casefold():
        return Mark(ParkReason.AUTO_REPLY, "a read receipt (RFC 8098)")
    if _AUTO_SUBJECT.match(first(headers, "subject")):
        return Mark(ParkReason.AUTO_REPLY, "its subject says so")
    return None


def _auto_submitted(headers: Headers) -> str | None:
    value = first(headers, "auto-submitted")
    keyword = re.split(r"[;\s(]", value, maxsplit=1)[0].casefold()
    return value if keyword and keyword != "no" else None


def _list(headers: Headers, reception: Reception) -> Mark | None:
    """A list of our own is one way that customers reach us, so it doesn't count."""
    list_id = first(headers, "list-id").rpartition("<")[2].rstrip("> ").casefold()
    if any(list_id == domain or list_id.endswith("." + domain) for domain in reception.own_domains):
        return None
    named = next((name for name in _LIST_HEADERS if headers.get(name)), None)
    if named is not None:
        return Mark(ParkReason.LIST, f"{named.title()} header")
    if first(headers, "precedence").casefold() in _BULK:
        return Mark(ParkReason.LIST, f"Precedence: {first(headers, 'precedence')}")
    return None


def _null_path(headers: Headers, sender: str | None, reception: Reception) -> Mark | None:
    if has_null_path(headers) or reception.envelope_sender == "":
        return Mark(ParkReason.AUTO_REPLY, "null return path")
    if sender and re.match(r"(mailer-daemon|postmaster|mdaemon)@", sender, re.IGNORECASE):
        return Mark(ParkReason.AUTO_REPLY, f"sent by {sender.partition('@')[0]}")
    return None


def _spam(headers: Headers) -> Mark | None:
    if first(headers, "x-spam-flag").casefold() in _YES or first(headers, "x-spam-status").casefold().startswith("yes"):
        return Mark(ParkReason.SPAM, "marked as spam by a filter on its way")
    return None
