/* The floor: what the kernel takes for one send() a connection, and nothing else. Accepts COUNT connections, then for
   each line on its standard input writes SIZE bytes to every one of them. */
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>

int main(int argc, char **argv) {
    if (argc != 4) return 2;
    int port = atoi(argv[1]), count = atoi(argv[2]), size = atoi(argv[3]), one = 1;
    struct rlimit files;
    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
    int listener = socket(AF_INET, SOCK_STREAM, 0);
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    if (bind(listener, (struct sockaddr *)&address, sizeof address) || listen(listener, 4096)) return 1;
    setsockopt(listener, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    puts("up"), fflush(stdout);
    int *sockets = malloc(count * sizeof *sockets);
    char *frame = malloc(size), line[64];
    memset(frame, 'x', size);
    for (int i = 0; i < count; i++) {
        sockets[i] = accept(listener, NULL, NULL);
        fcntl(sockets[i], F_SETFL, O_NONBLOCK);
    }
    while (fgets(line, sizeof line, stdin))
        for (int i = 0; i < count; i++)
            if (send(sockets[i], frame, size, MSG_NOSIGNAL) != size) return 3;
    return 0;
}
