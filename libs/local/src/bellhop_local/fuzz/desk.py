"""Which entry points does the demo's desk lack? A desk beside it, so that every kind of door is there."""

from typing import Final

NAME: Final = "fuzz"
CHANGING: Final = "fuzz-changing"
SMS, MESSENGER, INSTAGRAM, COUNTER = f"{NAME}-texts", f"{NAME}-messenger", f"{NAME}-instagram", f"{NAME}-counter"


def file_of(desk: str) -> str:
    return f"""desk: {desk}
name: A desk to be attacked
entry_points:
  - {{name: {desk}-texts, channel: sms, secret: demo}}
  - {{name: {desk}-messenger, channel: messenger, secret: demo}}
  - {{name: {desk}-instagram, channel: instagram, secret: demo}}
  - {{name: {desk}-counter, channel: walk_in}}
channels:
  sms: {{offer_timeout: 20s, wrap_up: 1s, weight: 15, cap: 4}}
queues:
  - {{name: general, priority: 40, decline_memory: 20s}}
default:
  - {{queue: general, tier: 1}}
life: {{reopen_window: 7d, thread_window: 3d, lease: 20s, grace: 5s, misses_to_away: 5}}
agents:
  - {{id: {desk}-agent, display_name: Fay Zed, channels: [sms, messenger, instagram, walk_in]}}
"""
