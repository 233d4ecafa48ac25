"""Who stands at the counter? What the receptionist's tablet posts: as a form, but a name alone will do."""

from bellhop_ingest.adapters.normalise.form import normalise_form
from bellhop_ingest.adapters.normalise.json_node import Node
from bellhop_ingest.domain.channels import Channel
from bellhop_ingest.domain.outcomes import Outcome, refused
from bellhop_ingest.domain.reception import Reception

_REASON = ("reason", "purpose", "topic", "note", "message", "text", "subject")


def normalise_walk_in(body: Node, reception: Reception) -> tuple[Outcome, ...]:
    reason = body.any_of(*_REASON).text
    if not (reason.strip() or body["name"].text.strip()):
        return (refused("reason", "nothing", "why the visitor came, or at least a name"),)
    fields = {**{name: value.value for name, value in body.items()}, "message": reason or body["name"].text}
    return normalise_form(Node(fields), reception, Channel.WALK_IN)
