"""What are the generator and the reader told, and what do they answer? One line of JSON each way."""

from typing import Literal

from pydantic import BaseModel, ConfigDict


class Order(BaseModel):
    model_config = ConfigDict(frozen=True)


class Contacts(Order):
    """Numbers `first` to `first + count - 1`; with a rate so many a second, else as fast as Kafka takes them."""

    do: Literal["contacts"] = "contacts"
    bootstrap: str
    prefix: str
    desks: int
    agents: int
    first: int
    count: int
    rate: float | None = None


class Presences(Order):
    do: Literal["presences"] = "presences"
    bootstrap: str
    prefix: str
    desks: int
    agents: int


class Submissions(Order):
    do: Literal["submissions"] = "submissions"
    bootstrap: str
    prefix: str
    desks: int
    agents: int
    count: int
    rate: float


class Clocks(Order):
    """So many conversations, each with one clock that falls due `within` seconds after it was queued."""

    do: Literal["clocks"] = "clocks"
    bootstrap: str
    prefix: str
    count: int
    rate: float
    within: float


Sent = Contacts | Presences | Submissions | Clocks


class Go(Order):
    """What was prepared is sent now."""

    go: Literal[True] = True


class Done(Order):
    count: int
    seconds: float


class Watch(Order):
    """Until so many keys had an event of `kind` on `topic` (without prefix) from now on, or `timeout` seconds.

    With `origin` each is paired with the record of the same key on that topic.
    """

    bootstrap: str
    prefix: str
    topic: str
    kind: str
    count: int
    timeout: float
    origin: str | None = None
    due: bool = False


class Seen(Order):
    """Moments are the broker's, in seconds since 1970.

    `latencies_ms` are from origin to event, or with `due` from the `due_at` in its body; `decided_ms` until its `at`.
    """

    count: int
    last_at: float
    records: int
    bytes: int
    latencies_ms: list[float] = []
    decided_ms: list[float] = []
