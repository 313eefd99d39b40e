/* A relay that makes the server behind it seem further away.
 *
 *     delay LISTEN-PORT SERVER-PORT MICROSECONDS
 *
 * What it receives, in either direction, is sent on MICROSECONDS later, in order; the round trip grows by twice that.
 * Any amount may be under way, so that, as with a long cable, throughput isn't lowered.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { MAX_STREAMS = 8192, EVENTS = 256 };
static const uint64_t RETRY_INTERVAL = 100000, IDLE_INTERVAL = 500000000;

struct chunk {
    struct chunk *next;
    uint64_t due;
    size_t length, offset;
    char bytes[];
};

/* One direction of a connection; the other one is its neighbour. A closed one has no descriptors. */
struct stream {
    int from, to;
    struct chunk *first, *last;
};

static struct stream streams[MAX_STREAMS];
static size_t stream_count;
static uint64_t delay;
static int epoll;
static char buffer[1 << 18];

static void fail(const char *what) {
    fprintf(stderr, "delay: %s: %s\n", what, strerror(errno));
    exit(1);
}

static uint64_t now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (uint64_t)time.tv_sec * 1000000000 + (uint64_t)time.tv_nsec;
}

static struct sockaddr_in loopback(int port) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

static void watch(int fd, struct stream *stream) {
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = stream};
    if (epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) != 0) fail("epoll_ctl");
}

static void prepare(int fd) {
    int on = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    fcntl(fd, F_SETFL, O_NONBLOCK);
}

static void open_streams(int client, int server_port) {
    struct sockaddr_in address = loopback(server_port);
    int server = socket(AF_INET, SOCK_STREAM, 0);
    if (stream_count + 2 > MAX_STREAMS || connect(server, (struct sockaddr *)&address, sizeof address) != 0) {
        close(client), close(server);
        return;
    }
    prepare(client), prepare(server);
    struct stream *there = &streams[stream_count++], *back = &streams[stream_count++];
    *there = (struct stream){.from = client, .to = server};
    *back = (struct stream){.from = server, .to = client};
    watch(client, there), watch(server, back);
}

static void drop(struct stream *stream) {
    for (struct chunk *chunk = stream->first, *next; chunk; chunk = next) next = chunk->next, free(chunk);
    *stream = (struct stream){.from = -1, .to = -1};
}

static void close_streams(struct stream *stream) {
    size_t pair = (size_t)(stream - streams) & ~(size_t)1;
    if (stream->from < 0) return;
    close(stream->from), close(stream->to);
    drop(&streams[pair]), drop(&streams[pair + 1]);
    while (stream_count > 0 && streams[stream_count - 1].from < 0) stream_count--;
}

static void receive(struct stream *stream) {
    if (stream->from < 0) return;
    ssize_t length = read(stream->from, buffer, sizeof buffer);
    if (length < 0 && errno == EAGAIN) return;
    if (length <= 0) return close_streams(stream);
    struct chunk *chunk = malloc(sizeof *chunk + (size_t)length);
    if (!chunk) fail("malloc");
    *chunk = (struct chunk){.due = now() + delay, .length = (size_t)length};
    memcpy(chunk->bytes, buffer, (size_t)length);
    if (stream->first) stream->last->next = chunk;
    else stream->first = chunk;
    stream->last = chunk;
}

/* Sends what is due, and returns when to look again. */
static uint64_t forward(struct stream *stream, uint64_t time) {
    for (struct chunk *chunk; (chunk = stream->first);) {
        if (chunk->due > time) return chunk->due;
        ssize_t length = send(stream->to, chunk->bytes + chunk->offset, chunk->length - chunk->offset, MSG_NOSIGNAL);
        if (length < 0 && errno == EAGAIN) return time + RETRY_INTERVAL;
        if (length < 0) {
            close_streams(stream);
            break;
        }
        chunk->offset += (size_t)length;
        if (chunk->offset < chunk->length) continue;
        stream->first = chunk->next;
        free(chunk);
    }
    return time + IDLE_INTERVAL;
}

int main(int count, char **arguments) {
    if (count != 4) return 2;
    int server_port = atoi(arguments[2]), on = 1, listener = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in address = loopback(atoi(arguments[1]));
    delay = strtoull(arguments[3], NULL, 10) * 1000;
    prctl(PR_SET_TIMERSLACK, 1000);
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (bind(listener, (struct sockaddr *)&address, sizeof address) != 0 || listen(listener, 511) != 0) fail("listen");
    fcntl(listener, F_SETFL, O_NONBLOCK);
    epoll = epoll_create1(0);
    watch(listener, NULL);
    for (struct epoll_event events[EVENTS];;) {
        uint64_t time = now(), next = time + IDLE_INTERVAL;
        for (size_t i = 0; i < stream_count; i++) {
            uint64_t due = forward(&streams[i], time);
            if (due < next) next = due;
        }
        time = now();
        struct timespec wait = {.tv_nsec = next > time ? (long)(next - time) : 0};
        int ready = epoll_pwait2(epoll, events, EVENTS, &wait, NULL);
        for (int i = 0; i < ready; i++) {
            if (events[i].data.ptr) receive(events[i].data.ptr);
            else for (int client; (client = accept(listener, NULL, NULL)) >= 0;) open_streams(client, server_port);
        }
    }
}
