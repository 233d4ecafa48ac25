"""Who writes in the demo? Customers with a language, and what such people say."""

from dataclasses import dataclass
from random import Random
from typing import Final

NAMES: Final = {
    "en": ("Grace Okafor", "Tom Whitfield", "Aisha Rahman", "Liam O'Neill", "Chloe Martin", "Omar Haddad"),
    "bg": ("Мария Иванова", "Георги Петров", "Елена Димитрова", "Стоян Колев"),
    "de": ("Anke Vogel", "Jürgen Weiß", "Miriam Schäfer"),
    "zh": ("王芳", "李伟", "陈静"),
}
TEXTS: Final = {
    "en": (
        ("Printer offline", "Hello,\n\nthe printer on the second floor went offline after the update. Can you help?"),
        ("Where is my order?", "My order was due yesterday and hasn't come. Could you tell me where it is?"),
        ("Invoice question", "The invoice of this month shows the old plan. Please have a look at it."),
        ("Cannot log in", "Since this morning I can't log in: the page says my session has expired, every time."),
        ("Refund please", "I returned the headphones two weeks ago and would like my refund."),
    ),
    "bg": (
        ("Не мога да вляза", "Здравейте, от сутринта не мога да вляза в профила си. Моля за помощ."),
        ("Фактура", "Добър ден, фактурата за този месец е с грешна сума. Бихте ли проверили?"),
        ("Поръчка", "Кога ще пристигне поръчката ми? Трябваше да е тук вчера."),
    ),
    "de": (
        ("Rechnung", "Guten Tag, auf der Rechnung steht noch der alte Tarif. Können Sie das prüfen?"),
        ("Lieferung", "Meine Lieferung ist seit drei Tagen überfällig. Wo bleibt sie?"),
    ),
    "zh": (
        ("无法登录", "您好，我今天早上开始无法登录账户，请帮忙处理。"),
        ("发票", "这个月的发票金额不对，请核实一下。"),
    ),
}
HARD: Final = ("Complaint", "This is the third time I write. If nobody answers I will call my lawyer.")
COMPLAINTS: Final = 0.08
SHARES: Final = (("en", 0.55), ("bg", 0.2), ("de", 0.15), ("zh", 0.1))


@dataclass(frozen=True, slots=True)
class Person:
    number: int
    name: str
    language: str

    @property
    def email(self) -> str:
        return f"customer{self.number}@customers.example"

    @property
    def phone(self) -> str:
        """From a range kept for fiction."""
        return f"+1202555{self.number % 10_000:04d}"


@dataclass(frozen=True, slots=True)
class Said:
    subject: str
    text: str


def meet(number: int, random: Random) -> Person:
    language = random.choices([name for name, _ in SHARES], [share for _, share in SHARES])[0]
    return Person(number, random.choice(NAMES[language]), language)


def speak(person: Person, random: Random) -> Said:
    if person.language == "en" and random.random() < COMPLAINTS:
        return Said(*HARD)
    return Said(*random.choice(TEXTS[person.language]))
