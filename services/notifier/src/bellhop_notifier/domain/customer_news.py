"""What does news of a customer change? The profile we know, the greetings we plan, what they no longer want."""

from dataclasses import replace

from bellhop_common.ids import natural_id
from bellhop_notifier.domain.customers import Profile, opt_out_flag
from bellhop_notifier.domain.events import CustomerFlagged
from bellhop_notifier.domain.greetings import plan_greetings
from bellhop_notifier.domain.inputs import CustomerChanged, CustomerGone, Unsubscribed
from bellhop_notifier.domain.scene import Scene


def on_customer(scene: Scene, news: CustomerChanged) -> Scene:
    """Older versions than the one we know say nothing new."""
    known = scene.customer(news.customer_id)
    if news.version <= known.version:
        return scene
    customer = replace(known, version=news.version, profile=news.profile)
    into = news.profile.merged_into
    if news.profile.status == "merged" and into is not None:
        scene = plan_greetings(scene, scene.customer(into).absorbing(customer))
    return plan_greetings(scene, customer)


def on_customer_gone(scene: Scene, news: CustomerGone) -> Scene:
    """Nothing of the person stays but which greetings they had."""
    known = scene.customer(news.customer_id)
    return plan_greetings(scene, replace(known, profile=Profile(status="erased")))


def on_unsubscribed(scene: Scene, news: Unsubscribed) -> Scene:
    """Counts here at once; everybody else hears of it through the customer's record."""
    customer = scene.customer(news.customer_id)
    if news.class_ in customer.opted_out:
        return scene
    flagged = CustomerFlagged(
        command_id=natural_id("opt-out", str(news.customer_id), news.class_),
        issued_at=scene.now,
        customer_id=news.customer_id,
        flag=opt_out_flag(news.class_),
    )
    return scene.keep_customer(replace(customer, opted_out=customer.opted_out | {news.class_})).tell(flagged)
