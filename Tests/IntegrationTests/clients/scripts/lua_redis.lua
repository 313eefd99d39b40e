-- redis-lua, written in Lua over LuaSocket: every kind of data and exchange, inline in one thread.
local redis = require("redis")

for _, name in ipairs({ "xadd", "xread" }) do
    redis.commands[name] = redis.command(name)
end

local function shown(value)
    if type(value) ~= "table" then
        return tostring(value)
    end
    local items = {}
    for key, item in pairs(value) do
        items[#items + 1] = tostring(key) .. "=" .. shown(item)
    end
    table.sort(items)
    return "{" .. table.concat(items, " ") .. "}"
end

local function check(what, actual, expected)
    if type(actual) ~= type(expected) or shown(actual) ~= shown(expected) then
        io.stderr:write(what, ": expected ", shown(expected), ", got ", shown(actual), "\n")
        os.exit(1)
    end
end

local function data(client)
    local bytes = {}
    for byte = 0, 255 do
        bytes[byte + 1] = string.char(byte)
    end
    local binary = table.concat(bytes)
    check("SET", client:set("k", binary), true)
    check("GET", client:get("k"), binary)
    check("GET of nothing", client:get("missing"), nil)
    check("INCRBY", client:incrby("n", 5), 5)

    check("HMSET", client:hmset("h", { a = "1", b = "2" }), true)
    check("HGETALL", client:hgetall("h"), { a = "1", b = "2" })
    check("RPUSH", client:rpush("l", "a", "b", "c"), 3)
    check("LRANGE", client:lrange("l", 0, -1), { "a", "b", "c" })
    check("SADD", client:sadd("s", "2", "1"), 2)
    check("SMEMBERS", client:smembers("s"), { "1", "2" })
    check("ZADD", client:zadd("z", 1, "a", 2.5, "b"), 2)
    check("ZRANGE", client:zrange("z", 0, -1, { withscores = true }), { { "a", "1" }, { "b", "2.5" } })
    check("XADD", client:xadd("x", "1-1", "f", "v"), "1-1")
    check("XREAD", client:xread("STREAMS", "x", "0"), { { "x", { { "1-1", { "f", "v" } } } } })
end

local function transactions(client, other)
    local replies = client:transaction(function(transaction)
        transaction:incr("t")
        transaction:hgetall("h")
    end)
    check("EXEC", replies, { 1, { a = "1", b = "2" } })
    check("WATCH", client:watch("t"), true)
    check("INCR of a watched key", other:incr("t"), 2)
    check("MULTI", client:multi(), true)
    check("INCR in a transaction", client:incr("t").queued, true)
    check("EXEC after a change", client:exec(), nil)
end

local function scripts(client)
    check("EVAL", client:eval("return {KEYS[1], ARGV[1], 7}", 1, "k", "a"), { "k", "a", 7 })
    local digest = client:script("LOAD", "return ARGV[1]")
    check("EVALSHA", client:evalsha(digest, 0, "a"), "a")
end

-- Pushes from the other connection when the pop is sent and its reply is about to be read.
local function blocking_pop(client, other)
    local read = client.network.read
    client.network.read = function(...)
        client.network.read = read
        repeat until other:info("clients").clients.blocked_clients == "1"
        check("RPUSH", other:rpush("queue", "job"), 1)
        return read(...)
    end
    check("BLPOP", client:blpop("queue", 10), { "queue", "job" })
end

local function pipeline(client)
    local expected = {}
    local replies = client:pipeline(function(pipe)
        for number = 1, 1000 do
            expected[number] = number
            pipe:incr("counter")
        end
    end)
    check("1000 INCR", replies, expected)
end

local function errors(client)
    local _, message = pcall(client.lpush, client, "k", "x")
    local reason = message:match("redis error: (.*)")
    check("LPUSH to a string", reason, "WRONGTYPE Operation against a key holding the wrong kind of value")
    check("PING after an error", client:ping(), true)
end

local function pub_sub(client, other)
    local received = {}
    for message, stop in client:pubsub({ subscribe = "news" }) do
        if message.kind == "subscribe" then
            check("PUBLISH", other:publish("news", "hello"), 1)
        elseif message.kind == "message" then
            received = { message.channel, message.payload }
            stop()
        end
    end
    check("message", received, { "news", "hello" })
end

local host, port = arg[1], tonumber(arg[2])
local client, other = redis.connect(host, port), redis.connect(host, port)
for _, part in ipairs({ data, transactions, scripts, blocking_pop, pipeline, errors, pub_sub }) do
    part(client, other)
end
print("ok")
