"""How do facts become words? Templates per locale, with customers' text as data and never as a template."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Final

from babel import Locale, UnknownLocaleError
from babel.dates import format_datetime
from jinja2 import FileSystemLoader, StrictUndefined, TemplateError, TemplateNotFound, select_autoescape
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup, escape

from bellhop_notifier.domain.mail import Rendered
from bellhop_notifier.domain.windows import first_zone

FALLBACK: Final = "en"
MAX_RENDERED: Final = 500_000
BUILT_IN: Final = Path(__file__).parents[1] / "templates"

# What each notice may use; the values are those of the preview.
VARIABLES: Final[Mapping[str, Mapping[str, str]]] = {
    "acknowledgement": {
        "customer_name": "Maria Petrova",
        "desk_name": "The Shop",
        "reference": "BH-1001",
        "expected_at": "2026-03-10T14:00:00+00:00",
    },
    "reply": {
        "customer_name": "Maria Petrova",
        "desk_name": "The Shop",
        "reference": "BH-1001",
        "subject": "Re: Where is my order?",
        "author": "Ana",
        "text": "It is on its way.\n\nTracking number: 4711.",
    },
    "thank-you": {"customer_name": "Maria Petrova", "desk_name": "The Shop", "reference": "BH-1001"},
    "follow-up": {"customer_name": "Maria Petrova", "desk_name": "The Shop", "reference": "BH-1001"},
    "birthday": {"customer_name": "Maria Petrova", "desk_name": "The Shop"},
    "message": {
        "customer_name": "Maria Petrova",
        "desk_name": "The Shop",
        "subject": "Opening hours",
        "text": "We close early today.",
    },
}


class BadTemplate(Exception):
    """`name` can't be rendered; `why` speaks of the template, never of what it was filled with."""

    def __init__(self, name: str, why: str) -> None:
        super().__init__(f"{name}: {why}")
        self.name = name
        self.why = why


class Templates:
    """`folders` hold `<locale>/<notice>.subject`, `.txt`, `.html` and, for short channels, `.short`; the first wins."""

    def __init__(self, folders: Sequence[Path] = ()) -> None:
        self._folders = (*folders, BUILT_IN)
        self._environment = ImmutableSandboxedEnvironment(
            loader=FileSystemLoader(self._folders),
            undefined=StrictUndefined,
            autoescape=select_autoescape(["html"]),
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
        )
        self._environment.filters["paragraphs"] = paragraphs

    def locales(self) -> list[str]:
        return sorted({path.name for folder in self._folders for path in folder.iterdir() if path.is_dir()})

    def notices(self, locale: str) -> list[str]:
        found = {path.stem for folder in self._folders for path in (folder / locale).glob("*.txt")}
        return sorted(found)

    def mail(self, name: str, locale: str, variables: Mapping[str, str], time_zone: str = "UTC") -> Rendered:
        known = self._known(variables, locale, time_zone)
        return Rendered(
            subject=self._render(f"{name}.subject", locale, known).strip(),
            text=self._render(f"{name}.txt", locale, known).strip() + "\n",
            html=self._render(f"{name}.html", locale, known),
        )

    def short(self, name: str, locale: str, variables: Mapping[str, str], time_zone: str = "UTC") -> Rendered:
        """For channels on which nobody writes letters."""
        known = self._known(variables, locale, time_zone)
        try:
            text = self._render(f"{name}.short", locale, known)
        except TemplateNotFound:
            text = self._render(f"{name}.txt", locale, known)
        return Rendered(subject="", text=text.strip(), html="")

    def _render(self, file: str, locale: str, known: Mapping[str, object]) -> str:
        candidates = [f"{one}/{file}" for one in fallbacks(locale)]
        try:
            template = self._environment.select_template(candidates)
            rendered = template.render({**known, "lang": (template.name or FALLBACK).partition("/")[0]})
        except TemplateNotFound:
            raise
        except TemplateError as error:
            raise BadTemplate(candidates[0], error.message or type(error).__name__) from error
        if len(rendered) > MAX_RENDERED:
            raise BadTemplate(candidates[0], f"renders more than {MAX_RENDERED} characters")
        return rendered

    def _known(self, variables: Mapping[str, str], locale: str, time_zone: str) -> dict[str, object]:
        due = variables.get("expected_at")
        shown = {"expected": local_time(due, locale, time_zone)} if due is not None else {}
        return {**variables, **shown}


def fallbacks(locale: str) -> list[str]:
    """`bg-BG`, `bg`, `en`; nothing that could leave the folder."""
    full = locale.replace("_", "-").strip()
    safe = [one for one in (full, full.partition("-")[0].lower()) if one.replace("-", "").isalnum()]
    return list(dict.fromkeys([*safe, FALLBACK]))


def local_time(instant: str, locale: str, time_zone: str) -> str:
    """In the reader's own zone and way of writing; empty for an empty one."""
    if not instant:
        return ""
    moment = datetime.fromisoformat(instant).astimezone(first_zone(time_zone))
    return format_datetime(moment, format="d MMMM, HH:mm", locale=_babel_locale(locale))


def paragraphs(text: str) -> Markup:
    """Plain text as HTML: blank lines part paragraphs, line ends break lines."""
    blocks = [block.strip("\n") for block in str(text).replace("\r\n", "\n").split("\n\n") if block.strip()]
    return Markup("\n").join(
        Markup("<p>{}</p>").format(Markup("<br>\n").join(escape(line) for line in block.split("\n")))
        for block in blocks
    )


def _babel_locale(name: str) -> Locale:
    try:
        return Locale.parse(name.replace("-", "_"))
    except (ValueError, UnknownLocaleError):
        return Locale.parse(FALLBACK)
