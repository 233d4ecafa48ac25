"""How often is memory searched for rings of objects that nobody needs? Seldom: the search walks all that lives.

A desk keeps thousands of objects alive, and each batch makes thousands more; with the defaults full searches took
over a quarter of the router's time and found nothing. Rings are rare here, and still found, in the young generations.
"""

import gc
from typing import Final

YOUNG: Final = 20_000
MIDDLE_EVERY: Final = 50
FULL_EVERY: Final = 100


def search_seldom() -> None:
    """Once, after the start: what lives by now is never searched."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG, MIDDLE_EVERY, FULL_EVERY)
