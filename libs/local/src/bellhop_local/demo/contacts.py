"""What does each way of writing look like in bytes? Real mail, form fields, provider bodies, events."""

from datetime import datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime
from importlib.resources import files
from uuid import UUID, uuid5

from bellhop_common.events.envelope import BINARY, STRUCTURED, full_type
from bellhop_common.events.wire import rfc3339
from bellhop_common.ids import NAMESPACE
from bellhop_local.demo.script import Step

MAILBOX = "help@support.example"
FORM, CHAT, WHATSAPP, PHONE, SHOP = "web-form", "site-chat", "whatsapp", "phone-line", "shop"
SHOP_SOURCE = "shop.example"


def message_id(step: Step) -> str:
    return f"<demo-{step.number}@customers.example>"


def mail(step: Step, began_at: datetime) -> bytes:
    """The same bytes each time, as a mail server that tries again sends them."""
    message = EmailMessage()
    message["From"] = f"{step.person.name} <{step.person.email}>"
    message["To"] = MAILBOX
    message["Subject"] = step.said.subject
    message["Date"] = format_datetime(began_at + timedelta(seconds=int(step.at)))
    message["Message-ID"] = message_id(step)
    message.set_content(f"{step.said.text}\n\n-- \n{step.person.name}\n")
    return message.as_bytes()


def samples() -> list[bytes]:
    """Mails that real programs wrote; see the notice beside them."""
    folder = files("bellhop_local.demo") / "mails"
    named = sorted((entry for entry in folder.iterdir() if entry.name.endswith(".eml")), key=lambda entry: entry.name)
    return [entry.read_bytes() for entry in named]


def form(step: Step) -> dict[str, str]:
    said, person = step.said, step.person
    return {"name": person.name, "email": person.email, "subject": said.subject, "message": said.text}


def whatsapp(step: Step, at: datetime) -> dict[str, object]:
    """WhatsApp Cloud API, webhooks, text message."""
    number = step.person.phone.removeprefix("+")
    text = {
        "from": number,
        "id": f"wamid.demo{step.number}",
        "timestamp": str(int(at.timestamp())),
        "type": "text",
        "text": {"body": step.said.text},
    }
    value = {
        "messaging_product": "whatsapp",
        "metadata": {"display_phone_number": "12025550100", "phone_number_id": "100200300"},
        "contacts": [{"profile": {"name": step.person.name}, "wa_id": number}],
        "messages": [text],
    }
    change = {"value": value, "field": "messages"}
    return {"object": "whatsapp_business_account", "entry": [{"id": "1", "changes": [change]}]}


def call(step: Step, state: str, **more: str) -> dict[str, str]:
    """Twilio Voice, status callbacks."""
    sid = f"CA{uuid5(NAMESPACE, f'demo-call-{step.number}').hex}"
    return {
        "CallSid": sid,
        "AccountSid": "AC" + "0" * 32,
        "From": step.person.phone,
        "To": "+12025550199",
        "Direction": "inbound",
        "CallStatus": state,
        **more,
    }


def submission(step: Step, at: datetime) -> dict[str, object]:
    return {
        "submission_id": f"order-{step.number}",
        "entry_point": SHOP,
        "customer": {
            "external_ids": [{"system": "shop", "id": str(step.person.number)}],
            "handles": [{"kind": "email", "value": step.person.email}],
            "name": step.person.name,
        },
        "text": step.said.text,
        "subject": step.said.subject,
        "occurred_at": rfc3339(at),
    }


def event_headers(event_id: UUID) -> list[tuple[str, bytes]]:
    """CloudEvents binary mode."""
    attributes = {
        "ce_specversion": "1.0",
        "ce_id": str(event_id),
        "ce_source": SHOP_SOURCE,
        "ce_type": full_type("contact.submitted"),
        "content-type": BINARY,
    }
    return [(name, value.encode()) for name, value in attributes.items()]


def structured(step: Step, at: datetime) -> tuple[dict[str, object], list[tuple[str, bytes]]]:
    event: dict[str, object] = {
        "specversion": "1.0",
        "id": str(event_id(step)),
        "source": SHOP_SOURCE,
        "type": full_type("contact.submitted"),
        "data": submission(step, at),
    }
    return event, [("content-type", STRUCTURED.encode())]


def event_id(step: Step) -> UUID:
    return uuid5(NAMESPACE, f"demo-event-{step.number}")
