# redis-rb, as Debian packages it: every kind of data and exchange, with a thread for what happens meanwhile.
require "redis"

def check(what, actual, expected)
  abort "#{what}: expected #{expected.inspect}, got #{actual.inspect}" unless actual == expected
end

def data(redis)
  binary = (0..255).map(&:chr).join.b
  check "SET", redis.set("k", binary), "OK"
  check "GET", redis.get("k").b, binary
  check "GET of nothing", redis.get("missing"), nil
  check "INCRBY", redis.incrby("n", 5), 5

  check "HSET", redis.hset("h", { "a" => "1", "b" => "2" }), 2
  check "HGETALL", redis.hgetall("h"), { "a" => "1", "b" => "2" }
  check "RPUSH", redis.rpush("l", %w[a b c]), 3
  check "LRANGE", redis.lrange("l", 0, -1), %w[a b c]
  check "SADD", redis.sadd("s", %w[2 1]), 2
  check "SMEMBERS", redis.smembers("s"), %w[1 2]
  check "ZADD", redis.zadd("z", [[1, "a"], [2.5, "b"]]), 2
  check "ZRANGE", redis.zrange("z", 0, -1, with_scores: true), [["a", 1.0], ["b", 2.5]]
  check "XADD", redis.xadd("x", { "f" => "v" }, id: "1-1"), "1-1"
  check "XREAD", redis.xread("x", "0"), { "x" => [["1-1", { "f" => "v" }]] }
end

def transactions(redis, other)
  replies = redis.multi do |transaction|
    transaction.incr("t")
    transaction.get("missing")
  end
  check "EXEC", replies, [1, nil]
  replies = redis.watch("t") do
    check "INCR of a watched key", other.incr("t"), 2
    redis.multi { |transaction| transaction.incr("t") }
  end
  check "EXEC after a change", replies, nil
end

def scripts(redis)
  check "EVAL", redis.eval("return {KEYS[1], ARGV[1], 7}", keys: ["k"], argv: ["a"]), ["k", "a", 7]
  check "EVALSHA", redis.evalsha(redis.script(:load, "return ARGV[1]"), argv: ["a"]), "a"
end

def blocking_pop(redis, other)
  pop = Thread.new { redis.blpop("queue", timeout: 10) }
  Thread.pass until other.info("clients")["blocked_clients"] == "1"
  check "RPUSH", other.rpush("queue", "job"), 1
  check "BLPOP", pop.value, %w[queue job]
end

def pipeline(redis)
  replies = redis.pipelined { |pipe| 1000.times { pipe.incr("counter") } }
  check "1000 INCR", replies, (1..1000).to_a
end

def errors(redis)
  redis.lpush("k", "x")
rescue Redis::CommandError => error
  check "LPUSH to a string", error.message, "WRONGTYPE Operation against a key holding the wrong kind of value"
  check "PING after an error", redis.ping, "PONG"
else
  abort "LPUSH to a string: expected an error, got none"
end

def pub_sub(redis, other)
  received = nil
  redis.subscribe("news") do |on|
    on.subscribe { check "PUBLISH", other.publish("news", "hello"), 1 }
    on.message do |channel, message|
      received = [channel, message]
      redis.unsubscribe("news")
    end
  end
  check "message", received, %w[news hello]
  check "PING after UNSUBSCRIBE", redis.ping, "PONG"
end

host, port = ARGV
redis, other = Array.new(2) { Redis.new(host: host, port: port.to_i) }
data redis
transactions redis, other
scripts redis
blocking_pop redis, other
pipeline redis
errors redis
pub_sub redis, other
puts "ok"
