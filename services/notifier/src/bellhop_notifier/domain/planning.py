"""What do all notices about a conversation have in common? Whom they go to, in which language, and with which words."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from bellhop_notifier.domain.conversations import Conversation
from bellhop_notifier.domain.desks import Desk
from bellhop_notifier.domain.inputs import Place
from bellhop_notifier.domain.notice import Kind, Notice, Recipient
from bellhop_notifier.domain.scene import Scene
from bellhop_notifier.domain.subjects import notice_id


@dataclass(frozen=True, slots=True)
class Plan:
    """`key` is what makes the notice happen once only."""

    kind: Kind
    key: str
    desk: Desk
    place: Place


def about(scene: Scene, plan: Plan, due_at: datetime, extra: Mapping[str, str] | None = None) -> Notice:
    """A notice on a conversation, scheduled for `due_at`; `extra` are words beyond the usual ones."""
    place, conversation = plan.place, scene.conversation(plan.place.conversation_id)
    return Notice(
        notice_id=notice_id(plan.key),
        key=plan.key,
        kind=plan.kind,
        recipient=recipient(scene, conversation, place),
        customer_id=place.customer_id,
        desk=plan.desk.slug,
        desk_version=plan.desk.version,
        conversation_id=place.conversation_id,
        cycle=place.cycle,
        template=plan.desk.rule(plan.kind).template or plan.kind.value,
        locale=locale(scene, conversation, plan),
        channel="email" if conversation.route is None else conversation.route.channel,
        due_at=due_at,
        variables={**words(scene, conversation, plan), **(extra or {})},
    )


def recipient(scene: Scene, conversation: Conversation, place: Place) -> Recipient:
    if place.customer_id is not None:
        return Recipient("customer", str(place.customer_id))
    handle = None if conversation.route is None else conversation.route.handle
    return Recipient("address", scene.means.hide(handle or str(place.conversation_id)))


def locale(scene: Scene, conversation: Conversation, plan: Plan) -> str:
    """The customer's own, else the one of the door they came through, else the desk's."""
    own = None if plan.place.customer_id is None else scene.customer(plan.place.customer_id).profile.locale
    door = plan.desk.entry_point(None if conversation.route is None else conversation.route.entry_point)
    return own or conversation.locale or (None if door is None else door.locale) or plan.desk.locale


def words(scene: Scene, conversation: Conversation, plan: Plan) -> dict[str, str]:
    known = "" if plan.place.customer_id is None else scene.customer(plan.place.customer_id).display_name
    return {
        "customer_name": known or conversation.customer_name,
        "desk_name": plan.desk.name,
        "reference": conversation.reference,
    }
