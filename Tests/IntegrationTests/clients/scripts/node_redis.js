// node-redis 4, as Debian packages it: every kind of data and exchange, with its implicit pipelining and its pool of
// connections for commands that have to be alone on theirs.
"use strict";
const { commandOptions, createClient, WatchError } = require("redis");

function check(what, actual, expected) {
  const [got, wanted] = [actual, expected].map((value) => JSON.stringify(value));
  if (got !== wanted) throw new Error(`${what}: expected ${wanted}, got ${got}`);
}

async function data(client) {
  const binary = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));
  check("SET", await client.set("k", binary), "OK");
  check("GET", await client.get(commandOptions({ returnBuffers: true }), "k"), binary);
  check("GET of nothing", await client.get("missing"), null);
  check("INCRBY", await client.incrBy("n", 5), 5);

  check("HSET", await client.hSet("h", { a: "1", b: "2" }), 2);
  check("HGETALL", await client.hGetAll("h"), { a: "1", b: "2" });
  check("RPUSH", await client.rPush("l", ["a", "b", "c"]), 3);
  check("LRANGE", await client.lRange("l", 0, -1), ["a", "b", "c"]);
  check("SADD", await client.sAdd("s", ["2", "1"]), 2);
  check("SMEMBERS", await client.sMembers("s"), ["1", "2"]);
  const members = [{ value: "a", score: 1 }, { value: "b", score: 2.5 }];
  check("ZADD", await client.zAdd("z", members), 2);
  check("ZRANGE", await client.zRangeWithScores("z", 0, -1), members);
  check("XADD", await client.xAdd("x", "1-1", { f: "v" }), "1-1");
  const messages = [{ id: "1-1", message: { f: "v" } }];
  check("XREAD", await client.xRead({ key: "x", id: "0" }), [{ name: "x", messages }]);
}

async function transactions(client) {
  check("EXEC", await client.multi().incr("t").incr("t").get("missing").exec(), [1, 2, null]);
  await client.executeIsolated(async (isolated) => {
    await isolated.watch("t");
    check("INCR of a watched key", await client.incr("t"), 3);
    const error = await isolated.multi().incr("t").exec().catch((error) => error);
    check("EXEC after a change", error instanceof WatchError, true);
  });
}

async function scripts(client) {
  const reply = await client.eval("return {KEYS[1], ARGV[1], 7}", { keys: ["k"], arguments: ["a"] });
  check("EVAL", reply, ["k", "a", 7]);
  const digest = await client.scriptLoad("return ARGV[1]");
  check("EVALSHA", await client.evalSha(digest, { arguments: ["a"] }), "a");
}

async function blockingPop(client) {
  const popped = client.blPop(commandOptions({ isolated: true }), "queue", 10);
  while (!(await client.info("clients")).includes("\r\nblocked_clients:1\r\n"));
  check("RPUSH", await client.rPush("queue", "job"), 1);
  check("BLPOP", await popped, { key: "queue", element: "job" });
}

async function pipeline(client) {
  const numbers = Array.from({ length: 1000 }, (_, index) => index + 1);
  check("1000 INCR", await Promise.all(numbers.map(() => client.incr("counter"))), numbers);
}

async function errors(client) {
  const error = await client.lPush("k", "x").catch((error) => error);
  check("LPUSH to a string", error.message, "WRONGTYPE Operation against a key holding the wrong kind of value");
  check("PING after an error", await client.ping(), "PONG");
}

async function pubSub(client, listener) {
  let receive;
  const received = new Promise((resolve) => (receive = resolve));
  await listener.subscribe("news", (message, channel) => receive([channel, message]));
  check("PUBLISH", await client.publish("news", "hello"), 1);
  check("message", await received, ["news", "hello"]);
  await listener.unsubscribe("news");
  check("PING after UNSUBSCRIBE", await listener.ping(), "PONG");
}

async function main(host, port) {
  const client = createClient({ socket: { host, port } });
  const listener = client.duplicate();
  await Promise.all([client.connect(), listener.connect()]);
  for (const part of [data, transactions, scripts, blockingPop, pipeline, errors, pubSub]) await part(client, listener);
  await Promise.all([client.quit(), listener.quit()]);
  console.log("ok");
}

main(...process.argv.slice(2)).catch((error) => {
  console.error(error.message);
  process.exit(1);
});
