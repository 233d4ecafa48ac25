"""Who is the customer? The whole state each time it changes, and the commands that change it."""

from typing import ClassVar, Literal
from uuid import UUID

from pydantic import ConfigDict, Field

from bellhop_common.events.commands import Command
from bellhop_common.events.contacts import ExternalId
from bellhop_common.events.wire import Channel, HandleKind, Identifier, Instant, Message, ShortText, Wire


class CustomerHandle(Wire):
    kind: HandleKind
    value: Identifier
    verified: bool = False
    state: Literal["good", "bouncing", "dead"] = "good"


class Consent(Wire):
    model_config = ConfigDict(populate_by_name=True)
    class_: str = Field(alias="class")
    channel: Channel | None = None
    at: Instant
    proof: ShortText | None = None


class Occasion(Wire):
    """A day and month people celebrate; the year is known only sometimes."""

    kind: str
    month: int = Field(ge=1, le=12)
    day: int = Field(ge=1, le=31)
    year: int | None = Field(default=None, ge=1901, le=2200)


class CustomerProfile(Wire):
    kind: Literal["external", "internal"] = "external"
    external_ids: tuple[ExternalId, ...] = ()
    handles: tuple[CustomerHandle, ...] = ()
    name: ShortText | None = None
    preferred_name: ShortText | None = None
    salutation: ShortText | None = None
    locale: str | None = None
    time_zone: str | None = None
    preferred_channel: Channel | None = None
    vip: bool = False
    segment: str | None = None
    flags: tuple[str, ...] = ()
    consents: tuple[Consent, ...] = ()
    occasions: tuple[Occasion, ...] = ()
    do_not_contact: bool = False
    deceased: bool = False
    legal_hold: str | None = None


class CustomerState(Message, CustomerProfile):
    type_name: ClassVar[str] = "customer.state"
    version: int
    customer_id: UUID
    status: Literal["active", "merged", "erased"] = "active"
    merged_into: UUID | None = None


class CustomerCommand(Command):
    """Names the customer by id or by another system's id, whichever the sender has."""

    customer_id: UUID | None = None
    external_id: ExternalId | None = None


class CustomerUpsert(CustomerCommand):
    """Fields that are present replace what is known; absent ones stay."""

    type_name: ClassVar[str] = "customer.upsert"
    profile: CustomerProfile


class CustomerFlag(CustomerCommand):
    type_name: ClassVar[str] = "customer.flag"
    flag: str
    on: bool


class CustomerConsent(CustomerCommand):
    type_name: ClassVar[str] = "customer.consent"
    consent: Consent


class CustomerMarkAddress(CustomerCommand):
    type_name: ClassVar[str] = "customer.mark-address"
    handle: CustomerHandle
