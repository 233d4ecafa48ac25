"""May we connect there? Only to addresses of the public internet, looked up once."""

import asyncio
import socket
from ipaddress import IPv6Address, ip_address


class PrivateAddress(Exception):
    """The name leads into our own network, or to nowhere that should be asked."""


async def resolve(host: str, port: int, *, allow_private: bool) -> str:
    """One address; if any of the name's addresses isn't public, none is used."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    addresses = [str(entry[4][0]) for entry in found]
    if not addresses:
        raise PrivateAddress(host)
    if not allow_private and not all(is_public(address) for address in addresses):
        raise PrivateAddress(host)
    return addresses[0]


def is_public(address: str) -> bool:
    """Looks through IPv4 addresses in IPv6 clothes."""
    parsed = ip_address(address.partition("%")[0])
    if isinstance(parsed, IPv6Address):
        inner = parsed.ipv4_mapped or parsed.sixtofour or (parsed.teredo or (None, None))[1]
        if inner is not None:
            return is_public(str(inner))
    return parsed.is_global and not parsed.is_multicast
