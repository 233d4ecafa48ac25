"""Which number is meant, in E.164? Withheld and anonymous callers have none."""

import phonenumbers

_WITHHELD = frozenset(
    {"anonymous", "restricted", "unavailable", "unknown", "private", "withheld", "blocked", "asserted"}
)
# What carriers send for a withheld number spells ANONYMOUS, RESTRICTED, BLOCKED, UNKNOWN or UNAVAILABLE on a keypad.
_SPELT_OUT = frozenset({"266696687", "7378742833", "2562533", "8656696", "86282452253"})
_LONGEST = 40


def e164(text: str, region: str | None = None) -> str | None:
    """Nothing, if it can't be a phone number."""
    wanted = text.strip()
    if not wanted or len(wanted) > _LONGEST or is_withheld(wanted):
        return None
    try:
        found = phonenumbers.parse(wanted, region)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(found):
        return None
    return phonenumbers.format_number(found, phonenumbers.PhoneNumberFormat.E164)


def is_withheld(text: str) -> bool:
    plain = text.strip().removeprefix("+").removeprefix("1").casefold()
    return not plain or plain in _WITHHELD or plain in _SPELT_OUT or text.strip().removeprefix("+") in _SPELT_OUT
