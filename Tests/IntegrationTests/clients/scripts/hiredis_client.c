/* hiredis, on which many other clients are built: every kind of data and exchange over its synchronous API, pipelines
   and connections that wait included. */

#include <hiredis/hiredis.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void fail(const char *what, const char *expected, const char *actual) {
    fprintf(stderr, "%s: expected %s, got %s\n", what, expected, actual);
    exit(1);
}

static redisContext *connect_to(const char *host, const char *port) {
    redisContext *connection = redisConnect(host, atoi(port));
    if (!connection || connection->err) fail("connect", "a connection", connection ? connection->errstr : "none");
    return connection;
}

static redisReply *next_reply(redisContext *connection, const char *command) {
    void *reply;
    if (redisGetReply(connection, &reply) != REDIS_OK) fail(command, "a reply", connection->errstr);
    return reply;
}

/* Shows strings in quotes, errors after an exclamation mark, arrays in brackets, the rest as it is. */
static void describe(FILE *out, const redisReply *reply) {
    switch (reply->type) {
    case REDIS_REPLY_STRING: fprintf(out, "'%s'", reply->str); break;
    case REDIS_REPLY_STATUS: fprintf(out, "%s", reply->str); break;
    case REDIS_REPLY_ERROR: fprintf(out, "!%s", reply->str); break;
    case REDIS_REPLY_INTEGER: fprintf(out, "%lld", reply->integer); break;
    case REDIS_REPLY_NIL: fprintf(out, "nil"); break;
    case REDIS_REPLY_ARRAY:
        fputc('[', out);
        for (size_t index = 0; index < reply->elements; index++) {
            if (index > 0) fputc(' ', out);
            describe(out, reply->element[index]);
        }
        fputc(']', out);
    }
}

static void expect_reply(redisContext *connection, const char *command, const char *expected) {
    redisReply *reply = next_reply(connection, command);
    char *actual;
    size_t length;
    FILE *out = open_memstream(&actual, &length);
    describe(out, reply);
    fclose(out);
    if (strcmp(actual, expected) != 0) fail(command, expected, actual);
    free(actual);
    freeReplyObject(reply);
}

static void expect(redisContext *connection, const char *expected, const char *command, ...) {
    va_list arguments;
    va_start(arguments, command);
    redisvAppendCommand(connection, command, arguments);
    va_end(arguments);
    expect_reply(connection, command, expected);
}

static void data(redisContext *connection) {
    char binary[256];
    for (int byte = 0; byte < 256; byte++) binary[byte] = (char)byte;
    expect(connection, "OK", "SET k %b", binary, sizeof binary);
    redisReply *reply = redisCommand(connection, "GET k");
    if (!reply || reply->len != sizeof binary || memcmp(reply->str, binary, sizeof binary) != 0)
        fail("GET", "every byte once", reply ? "others" : connection->errstr);
    freeReplyObject(reply);
    expect(connection, "nil", "GET missing");
    expect(connection, "5", "INCRBY n 5");

    expect(connection, "2", "HSET h a 1 b 2");
    expect(connection, "['a' '1' 'b' '2']", "HGETALL h");
    expect(connection, "3", "RPUSH l a b c");
    expect(connection, "['a' 'b' 'c']", "LRANGE l 0 -1");
    expect(connection, "2", "SADD s 2 1");
    expect(connection, "['1' '2']", "SMEMBERS s");
    expect(connection, "2", "ZADD z 1 a 2.5 b");
    expect(connection, "['a' '1' 'b' '2.5']", "ZRANGE z 0 -1 WITHSCORES");
    expect(connection, "'1-1'", "XADD x 1-1 f v");
    expect(connection, "[['x' [['1-1' ['f' 'v']]]]]", "XREAD STREAMS x 0");
}

static void transactions(redisContext *connection, redisContext *other) {
    expect(connection, "OK", "MULTI");
    expect(connection, "QUEUED", "INCR t");
    expect(connection, "QUEUED", "GET missing");
    expect(connection, "[1 nil]", "EXEC");
    expect(connection, "OK", "WATCH t");
    expect(other, "2", "INCR t");
    expect(connection, "OK", "MULTI");
    expect(connection, "QUEUED", "INCR t");
    expect(connection, "nil", "EXEC");
}

static void scripts(redisContext *connection) {
    expect(connection, "['k' 'a' 7]", "EVAL %s 1 k a", "return {KEYS[1], ARGV[1], 7}");
    expect(connection, "'098e0f0d1448c0a81dafe820f66d460eb09263da'", "SCRIPT LOAD %s", "return ARGV[1]");
    expect(connection, "'a'", "EVALSHA 098e0f0d1448c0a81dafe820f66d460eb09263da 0 a");
}

static void wait_until_one_is_blocked(redisContext *connection) {
    for (int blocked = 0; !blocked; usleep(1000)) {
        redisReply *reply = redisCommand(connection, "INFO clients");
        if (!reply) fail("INFO", "a reply", connection->errstr);
        blocked = strstr(reply->str, "\r\nblocked_clients:1\r\n") != NULL;
        freeReplyObject(reply);
    }
}

static void blocking_pop(redisContext *connection, redisContext *other) {
    redisAppendCommand(connection, "BLPOP queue 10");
    for (int sent = 0; !sent;)
        if (redisBufferWrite(connection, &sent) != REDIS_OK) fail("BLPOP", "to send it", connection->errstr);
    wait_until_one_is_blocked(other);
    expect(other, "1", "RPUSH queue job");
    expect_reply(connection, "BLPOP", "['queue' 'job']");
}

static void pipeline(redisContext *connection) {
    for (int number = 1; number <= 1000; number++) redisAppendCommand(connection, "INCR counter");
    for (int number = 1; number <= 1000; number++) {
        char expected[16];
        snprintf(expected, sizeof expected, "%d", number);
        expect_reply(connection, "INCR in a pipeline", expected);
    }
}

static void errors(redisContext *connection) {
    expect(connection, "!WRONGTYPE Operation against a key holding the wrong kind of value", "LPUSH k x");
    expect(connection, "PONG", "PING");
}

static void pub_sub(redisContext *connection, redisContext *other) {
    expect(connection, "['subscribe' 'news' 1]", "SUBSCRIBE news");
    expect(other, "1", "PUBLISH news hello");
    expect_reply(connection, "message", "['message' 'news' 'hello']");
    expect(connection, "['unsubscribe' 'news' 0]", "UNSUBSCRIBE news");
    expect(connection, "PONG", "PING");
}

int main(int count, char **arguments) {
    if (count != 3) fail("arguments", "host and port", "others");
    redisContext *connection = connect_to(arguments[1], arguments[2]);
    redisContext *other = connect_to(arguments[1], arguments[2]);
    data(connection);
    transactions(connection, other);
    scripts(connection);
    blocking_pop(connection, other);
    pipeline(connection);
    errors(connection);
    pub_sub(connection, other);
    redisFree(connection);
    redisFree(other);
    puts("ok");
}
