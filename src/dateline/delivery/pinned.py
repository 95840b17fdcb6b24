"""Connecting to a stranger's address: what was checked is what is connected to, so no name can change between."""

import socket

import aiohttp

from dateline.delivery.addresses import is_public


class OwnNetworkError(OSError):
    """The name led to an address of this machine's own network."""

    def __init__(self) -> None:
        super().__init__("the address is on this machine's own network")


def public_socket(info: aiohttp.AddrInfoType) -> socket.socket:
    """The socket for one resolved address; OwnNetworkError unless that lies out in the Internet."""
    family, kind, protocol, _, address = info
    if not is_public(str(address[0])):
        raise OwnNetworkError
    return socket.socket(family, kind, protocol)
