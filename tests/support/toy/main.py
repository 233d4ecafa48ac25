"""How is the toy wired? Run it with `python -m support.toy.main`."""

import sys
from datetime import timedelta

from bellhop_common.decision import Subject
from bellhop_common.events.wire import Message
from bellhop_common.kernel.codec import Codec
from bellhop_common.kernel.delivery import Place, Received
from bellhop_common.kernel.documents import Documents
from bellhop_common.kernel.service import Service
from bellhop_common.kernel.serving import serve
from bellhop_common.postgres.outbox import Outgoing
from bellhop_common.settings import load_settings
from support.toy import contracts, domain
from support.toy.outside import dying, perform


def translate(received: Received) -> domain.Input | None:
    body, key = received.body, received.key
    match body:
        case None:
            return domain.Forget("a", key)
        case contracts.ToyAdd():
            return domain.Add(body.desk, key, body.number, body.refers_to)
        case contracts.ToyOpened():
            return domain.Open(body.desk, key)
        case contracts.ToyExplode():
            return domain.Explode(body.desk, key)
        case contracts.ToyRemind():
            return domain.Remind(body.desk, key, timedelta(milliseconds=body.after_ms))
        case contracts.ToyCall():
            return domain.Ask(body.desk, key, body.text)
        case _:
            return None


def wire(event: domain.Event) -> Message:
    match event:
        case domain.Counted():
            return contracts.ToyCounted(desk=event.desk, number=event.number, count=event.count, total=event.total)
        case domain.Reminded():
            return contracts.ToyReminded(desk=event.desk, late_ms=int(event.late.total_seconds() * 1000))
        case domain.Answered():
            return contracts.ToyAnswered(desk=event.desk, outcome=event.outcome, in_doubt=event.in_doubt)


def service(prefix: str) -> Service[domain.State, domain.Input, domain.Event]:
    counted = contracts.TOY_COUNTED.full(prefix)
    inputs: list[Place] = [(contracts.TOY_INPUT.full(prefix), n) for n in range(contracts.TOY_INPUT.partitions)]

    def encode(event: domain.Event) -> Outgoing:
        body = wire(event)
        return Outgoing(counted, event.key, body.type_name, body.model_dump(mode="json"), event.desk, sequenced=True)

    def timer_inputs(_kind: str, _subject: Subject) -> list[Place]:
        return inputs

    return Service(
        name=contracts.SERVICE,
        reads=(contracts.TOY_INPUT, contracts.TOY_ORDERED, contracts.TOY_STATE),
        writes=(contracts.TOY_COUNTED,),
        store=Documents[domain.Happening]({domain.KIND: Codec(domain.Counter)}, domain.subjects),
        translate=translate,
        decide=domain.decide,
        encode=encode,
        desk_of=lambda given: given.desk,
        subject_of=lambda given: domain.subject(given.key),
        timer_inputs=timer_inputs,
        perform=perform,
        background=(dying,),
    )


if __name__ == "__main__":
    settings = load_settings(contracts.SERVICE)
    sys.exit(serve(service(settings.topic_prefix), settings))
