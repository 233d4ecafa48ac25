"""On what did it arrive, and by which name does that channel know its people?"""

from enum import StrEnum


class Channel(StrEnum):
    EMAIL = "email"
    CHAT = "chat"
    FORM = "form"
    SMS = "sms"
    PHONE = "phone"
    WHATSAPP = "whatsapp"
    MESSENGER = "messenger"
    INSTAGRAM = "instagram"
    TELEGRAM = "telegram"
    SLACK = "slack"
    LINE = "line"
    X = "x"
    WALK_IN = "walk_in"
    EVENT = "event"


class HandleKind(StrEnum):
    EMAIL = "email"
    PHONE = "phone"
    WHATSAPP = "whatsapp"
    CHAT = "chat"
    MESSENGER = "messenger"
    INSTAGRAM = "instagram"
    TELEGRAM = "telegram"
    SLACK = "slack"
    LINE = "line"
    X = "x"
    EXTERNAL = "external"
