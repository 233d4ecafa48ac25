"""Which text do the notifier's providers send in tests?"""

from dataclasses import replace

from bellhop_notifier.adapters.providers.port import Message
from bellhop_notifier.domain.mail import Rendered
from bellhop_notifier.domain.outbound import Outbound

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"  # noqa: S105 - the standard's own example
OUTBOUND = Outbound(
    notice_id="3f0f8c1a-52de-5e0b-9a6b-0d2b7f1f4f11",
    kind="reply",
    notice_class="transactional",
    template="reply",
    locale="en",
    time_zone="UTC",
    channel="whatsapp",
    address="+359881234567",
    desk="shop",
    sender="106540352242922",
    planned_at="2026-03-10T12:00:00+00:00",
    give_up_at="2026-03-11T12:00:00+00:00",
)
MESSAGE = Message(OUTBOUND, Rendered("", "It is on its way.", ""))
BY_MAIL = replace(OUTBOUND, channel="email", address="maria@example.org", sender=None)
