"""How is a language named? BCP 47 tags in their usual spelling, whatever a provider writes."""

import re

_TAG = re.compile(r"([a-z]{2,3})(?:[-_]([a-z]{4}))?(?:[-_]([a-z]{2}|\d{3}))?(?:[-_.@].*)?", re.IGNORECASE)


def language_tag(text: str | None) -> str | None:
    """`zh_cn` and `zh-CN.UTF-8` become `zh-CN`; what isn't a tag becomes nothing."""
    found = _TAG.fullmatch(text.strip()) if text else None
    if found is None:
        return None
    language, script, region = found.groups()
    parts = (language.lower(), script.title() if script else None, region.upper() if region else None)
    return "-".join(part for part in parts if part)
