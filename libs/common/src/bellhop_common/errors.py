"""Which failures a person may see, and with which exit status each one ends a command."""


class BellhopError(Exception):
    """Base of every failure with a message meant for a person; anything else is a fault of ours."""

    exit_status: int = 1


class Wrong(BellhopError):
    """The command did its work, and what it looked at is not as it should be."""

    exit_status = 1


class Misuse(BellhopError):
    """The caller asked for something impossible, or gave input that can't be read."""

    exit_status = 2


class NotReachable(BellhopError):
    """Something this command needs over the network does not answer."""

    exit_status = 3

    def __init__(self, what: str, address: str, why: str) -> None:
        super().__init__(f"{what} at {address} is not reachable: {why}")
        self.what = what
        self.address = address
        self.why = why
