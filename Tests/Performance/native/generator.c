/* A load generator that costs as little as it can, so that the server is what is measured.
 *
 * Every command is written down before the clock starts, a whole pipeline leaves in one write, and of the replies only
 * the bytes are counted: all of them have the same length, since all keys exist and all values have the same size. The
 * first bytes of each pipeline's replies are looked at; anything else than a value of that size ends the run.
 *
 * Keys are redis-benchmark's, `key:000000000000` and up. A command reads, by chance, one of the first `-k` keys (which
 * are hot) or the next key in sequence from `-f` on, each once.
 *
 * Without `-R` it is a closed loop: each client sends its next pipeline when the last one is answered, and a latency is
 * that of a pipeline. With `-R` it is an open one: commands are sent one by one when they are due, round robin over the
 * clients, whether or not earlier ones are answered, and a latency counts from when the command was due, so that a
 * server that stalls is not spared what would have been asked meanwhile.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

enum { KEY_LENGTH = 16, MAX_CLIENTS = 4096, SUB_BITS = 7, SUB_BUCKETS = 1 << SUB_BITS, BUCKETS = SUB_BUCKETS * 60 };

struct options {
    const char *path;
    int port, clients, pipeline, value_size, hot_percent;
    uint64_t requests, first, hot_keys, rate;
    bool set;
};

struct connection {
    int fd;
    uint64_t missing;  /* bytes of the pipeline under way that haven't arrived */
    uint64_t batch;    /* commands in it */
    uint64_t sent_at;
    uint64_t answered; /* open loop: how many */
};

static struct options options = {.clients = 50, .pipeline = 1, .value_size = 64, .hot_percent = 100, .hot_keys = 10000};
static struct connection connections[MAX_CLIENTS];
static uint64_t histogram[BUCKETS];
static char *commands;
static size_t command_length, reply_length;
static char expected[32];
static char buffer[1 << 18];

static void fail(const char *what) {
    fprintf(stderr, "generator: %s: %s\n", what, strerror(errno));
    exit(1);
}

static uint64_t now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (uint64_t)time.tv_sec * 1000000000 + (uint64_t)time.tv_nsec;
}

/* A bucket is a nanosecond wide up to 256 ns, and beyond that 1/128 of a power of two: percentiles are off by 0.8 %. */
static void record(uint64_t nanoseconds, uint64_t count) {
    unsigned exponent = nanoseconds < 2 * SUB_BUCKETS ? 0 : 63 - (unsigned)__builtin_clzll(nanoseconds) - SUB_BITS;
    uint64_t index = exponent * SUB_BUCKETS + (nanoseconds >> exponent);
    histogram[index < BUCKETS ? index : BUCKETS - 1] += count;
}

/* In microseconds. */
static double percentile(double fraction) {
    uint64_t total = 0, seen = 0, index = 0;
    for (int i = 0; i < BUCKETS; i++) total += histogram[i];
    while (index < BUCKETS - 1 && (double)(seen += histogram[index]) < fraction * (double)total) index++;
    if (index < 2 * SUB_BUCKETS) return (double)index / 1e3;
    uint64_t exponent = index / SUB_BUCKETS - 1;
    return (double)((index - exponent * SUB_BUCKETS) << exponent) / 1e3;
}

static int dial(void) {
    struct sockaddr_un unix_address = {.sun_family = AF_UNIX};
    struct sockaddr_in tcp_address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)options.port)};
    tcp_address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int fd = socket(options.path ? AF_UNIX : AF_INET, SOCK_STREAM, 0), on = 1, status;
    if (fd < 0) fail("socket");
    if (options.path) {
        strncpy(unix_address.sun_path, options.path, sizeof unix_address.sun_path - 1);
        status = connect(fd, (struct sockaddr *)&unix_address, sizeof unix_address);
    } else {
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        status = connect(fd, (struct sockaddr *)&tcp_address, sizeof tcp_address);
    }
    if (status != 0) fail("connect");
    return fd;
}

static uint64_t random_number(void) {
    static uint64_t state = 0x9E3779B97F4A7C15;
    state ^= state << 13, state ^= state >> 7, state ^= state << 17;
    return state;
}

static void write_commands(void) {
    char prefix[64], suffix[64];
    int prefix_length = options.set ? sprintf(prefix, "*3\r\n$3\r\nSET\r\n$%d\r\nkey:", KEY_LENGTH)
                                    : sprintf(prefix, "*2\r\n$3\r\nGET\r\n$%d\r\nkey:", KEY_LENGTH);
    int suffix_length = options.set ? sprintf(suffix, "\r\n$%d\r\n", options.value_size) : 0;
    size_t digits = KEY_LENGTH - 4, value_length = options.set ? (size_t)options.value_size : 0;
    command_length = (size_t)prefix_length + digits + (size_t)suffix_length + value_length + 2;
    int reply_start = options.set ? sprintf(expected, "+OK\r\n") : sprintf(expected, "$%d\r\n", options.value_size);
    reply_length = (size_t)reply_start + (options.set ? 0 : (size_t)options.value_size + 2);
    commands = malloc(command_length * options.requests);
    if (!commands) fail("malloc");
    char *cursor = commands;
    for (uint64_t i = 0; i < options.requests; i++) {
        bool hot = random_number() % 100 < (uint64_t)options.hot_percent;
        uint64_t key = hot ? random_number() % options.hot_keys : options.first++;
        memcpy(cursor, prefix, (size_t)prefix_length), cursor += prefix_length;
        for (size_t digit = digits; digit-- > 0; key /= 10) cursor[digit] = (char)('0' + key % 10);
        cursor += digits;
        memcpy(cursor, suffix, (size_t)suffix_length), cursor += suffix_length;
        memset(cursor, 'x', value_length), cursor += value_length;
        memcpy(cursor, "\r\n", 2), cursor += 2;
    }
}

static void send_commands(int fd, uint64_t first, uint64_t count) {
    size_t length = count * command_length;
    if (write(fd, commands + first * command_length, length) != (ssize_t)length) fail("the server doesn't read");
}

/* Reads what has come; `at_start` says that a reply begins here. */
static size_t receive(int fd, bool at_start) {
    ssize_t length = read(fd, buffer, sizeof buffer);
    if (length <= 0) fail("the server closed the connection");
    size_t compared = strlen(expected) < (size_t)length ? strlen(expected) : (size_t)length;
    if (at_start && memcmp(buffer, expected, compared) != 0) {
        fprintf(stderr, "generator: unexpected reply: %.*s\n", (int)(length < 120 ? length : 120), buffer);
        exit(1);
    }
    return (size_t)length;
}

static uint64_t send_batch(struct connection *connection, uint64_t sent) {
    uint64_t left = options.requests - sent;
    connection->batch = left < (uint64_t)options.pipeline ? left : (uint64_t)options.pipeline;
    if (connection->batch == 0) return 0;
    connection->missing = connection->batch * reply_length;
    connection->sent_at = now();
    send_commands(connection->fd, sent, connection->batch);
    return connection->batch;
}

static void closed_loop(int epoll) {
    uint64_t sent = 0, answered = 0;
    struct epoll_event events[MAX_CLIENTS];
    for (int i = 0; i < options.clients; i++) sent += send_batch(&connections[i], sent);
    while (answered < options.requests) {
        int count = epoll_wait(epoll, events, MAX_CLIENTS, -1);
        for (int i = 0; i < count; i++) {
            struct connection *connection = events[i].data.ptr;
            size_t length = receive(connection->fd, connection->missing == connection->batch * reply_length);
            if (length > connection->missing) errno = EPROTO, fail("more bytes than the replies have");
            connection->missing -= length;
            if (connection->missing > 0) continue;
            record(now() - connection->sent_at, connection->batch);
            answered += connection->batch;
            sent += send_batch(connection, sent);
        }
    }
}

static void open_loop(int epoll) {
    uint64_t sent = 0, answered = 0, start = now(), clients = (uint64_t)options.clients;
    struct epoll_event events[MAX_CLIENTS];
    while (answered < options.requests) {
        uint64_t time = now(), due = start + sent * 1000000000 / options.rate;
        for (; sent < options.requests && due <= time; due = start + sent * 1000000000 / options.rate) {
            send_commands(connections[sent % clients].fd, sent, 1);
            sent++;
        }
        struct timespec wait = {.tv_nsec = sent < options.requests ? (long)(due - time) : 999999999};
        int count = epoll_pwait2(epoll, events, MAX_CLIENTS, &wait, NULL);
        time = now();
        for (int i = 0; i < count; i++) {
            struct connection *connection = events[i].data.ptr;
            connection->missing += receive(connection->fd, connection->missing == 0);
            for (; connection->missing >= reply_length; connection->missing -= reply_length, answered++) {
                uint64_t number = connection->answered++ * clients + (uint64_t)(connection - connections);
                record(time - (start + number * 1000000000 / options.rate), 1);
            }
        }
    }
}

static double cpu_seconds(void) {
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec)
        + (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

int main(int count, char **arguments) {
    for (int option; (option = getopt(count, arguments, "p:s:c:P:d:n:f:k:H:R:w")) != -1;) {
        switch (option) {
        case 'p': options.port = atoi(optarg); break;
        case 's': options.path = optarg; break;
        case 'c': options.clients = atoi(optarg); break;
        case 'P': options.pipeline = atoi(optarg); break;
        case 'd': options.value_size = atoi(optarg); break;
        case 'n': options.requests = strtoull(optarg, NULL, 10); break;
        case 'f': options.first = strtoull(optarg, NULL, 10); break;
        case 'k': options.hot_keys = strtoull(optarg, NULL, 10); break;
        case 'H': options.hot_percent = atoi(optarg); break;
        case 'R': options.rate = strtoull(optarg, NULL, 10); break;
        case 'w': options.set = true; break;
        default: return 2;
        }
    }
    if (options.clients < 1 || options.clients > MAX_CLIENTS || options.pipeline < 1 || options.hot_keys < 1) return 2;
    prctl(PR_SET_TIMERSLACK, 1000);
    write_commands();
    int epoll = epoll_create1(0);
    for (int i = 0; i < options.clients; i++) {
        connections[i].fd = dial();
        struct epoll_event event = {.events = EPOLLIN, .data.ptr = &connections[i]};
        if (epoll_ctl(epoll, EPOLL_CTL_ADD, connections[i].fd, &event) != 0) fail("epoll_ctl");
    }
    double cpu = cpu_seconds();
    uint64_t start = now();
    if (options.rate) open_loop(epoll);
    else closed_loop(epoll);
    double seconds = (double)(now() - start) / 1e9;
    printf("{\"speed\": %.1f, \"generator\": %.4f, \"p50\": %.1f, \"p99\": %.1f, \"p99.9\": %.1f}\n",
        (double)options.requests / seconds, (cpu_seconds() - cpu) * 1e6 / (double)options.requests,
        percentile(0.5), percentile(0.99), percentile(0.999));
    return 0;
}
