"""The fastest send loop that Python can make: the same as `floor.c`, for machines without a compiler.

`python -m bench.floor PORT COUNT SIZE`; each line on the standard input is one frame to everybody.
"""

import socket
import sys


def main(port: int, count: int, size: int) -> None:
    listener = socket.create_server(("127.0.0.1", port), backlog=4096)
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    print("up", flush=True)
    sockets = [listener.accept()[0] for _ in range(count)]
    for each in sockets:
        each.setblocking(False)
    sends = [each.send for each in sockets]
    frame = b"x" * size
    for _ in sys.stdin:
        for send in sends:
            send(frame)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
