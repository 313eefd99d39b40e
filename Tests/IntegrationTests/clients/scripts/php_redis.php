<?php
/** php-redis, PHP's extension written in C: every kind of data and exchange, with other processes where it waits. */

declare(strict_types=1);

function check(string $what, mixed $actual, mixed $expected): void
{
    if ($actual !== $expected) {
        throw new Exception("$what: expected " . json_encode($expected) . ', got ' . json_encode($actual));
    }
}

function connect(): Redis
{
    global $argv;
    $redis = new Redis();
    check('connect', $redis->connect($argv[1], (int) $argv[2]), true);
    return $redis;
}

/** Does the work with a connection of its own while another process does the other work with its own. */
function alongside(callable $otherWork, callable $work): void
{
    $process = pcntl_fork();
    if ($process === 0) {
        pcntl_alarm(10); // It doesn't outlive for long a parent that failed.
        $otherWork(connect());
        exit(0);
    }
    $work(connect());
    pcntl_waitpid($process, $status);
    check('status of the other process', $status, 0);
}

function data(Redis $redis): void
{
    $binary = implode(array_map('chr', range(0, 255)));
    check('SET', $redis->set('k', $binary), true);
    check('GET', bin2hex($redis->get('k')), bin2hex($binary));
    check('GET of nothing', $redis->get('missing'), false);
    check('INCRBY', $redis->incrBy('n', 5), 5);

    check('HSET', $redis->hMSet('h', ['a' => '1', 'b' => '2']), true);
    check('HGETALL', $redis->hGetAll('h'), ['a' => '1', 'b' => '2']);
    check('RPUSH', $redis->rPush('l', 'a', 'b', 'c'), 3);
    check('LRANGE', $redis->lRange('l', 0, -1), ['a', 'b', 'c']);
    check('SADD', $redis->sAdd('s', '2', '1'), 2);
    check('SMEMBERS', $redis->sMembers('s'), ['1', '2']);
    check('ZADD', $redis->zAdd('z', 1, 'a', 2.5, 'b'), 2);
    check('ZRANGE', $redis->zRange('z', 0, -1, true), ['a' => 1.0, 'b' => 2.5]);
    check('XADD', $redis->xAdd('x', '1-1', ['f' => 'v']), '1-1');
    check('XREAD', $redis->xRead(['x' => '0']), ['x' => ['1-1' => ['f' => 'v']]]);
}

function transactions(Redis $redis): void
{
    check('EXEC', $redis->multi()->incr('t')->get('missing')->exec(), [1, false]);
    $redis->watch('t');
    check('INCR of a watched key', connect()->incr('t'), 2);
    check('EXEC after a change', $redis->multi()->incr('t')->exec(), false);
}

function scripts(Redis $redis): void
{
    check('EVAL', $redis->eval('return {KEYS[1], ARGV[1], 7}', ['k', 'a'], 1), ['k', 'a', 7]);
    check('EVALSHA', $redis->evalSha($redis->script('load', 'return ARGV[1]'), ['a']), 'a');
}

function blockingPop(): void
{
    alongside(
        function (Redis $other) {
            while ($other->info('clients')['blocked_clients'] != 1);
            check('RPUSH', $other->rPush('queue', 'job'), 1);
        },
        fn (Redis $redis) => check('BLPOP', $redis->blPop('queue', 10), ['queue', 'job']),
    );
}

function pipeline(Redis $redis): void
{
    $pipeline = $redis->multi(Redis::PIPELINE);
    for ($number = 1; $number <= 1000; $number++) {
        $pipeline->incr('counter');
    }
    check('1000 INCR', $pipeline->exec(), range(1, 1000));
}

function errors(Redis $redis): void
{
    check('LPUSH to a string', $redis->lPush('k', 'x'), false);
    $message = 'WRONGTYPE Operation against a key holding the wrong kind of value';
    // This version leaves a NUL at the end of some errors.
    check('error of LPUSH to a string', rtrim($redis->getLastError(), "\0"), $message);
    check('PING after an error', $redis->ping(), true);
}

function pubSub(): void
{
    alongside(
        function (Redis $other) {
            while ($other->pubsub('numsub', ['news']) != ['news' => 1]);
            check('PUBLISH', $other->publish('news', 'hello'), 1);
        },
        function (Redis $redis) {
            $received = [];
            try {
                $redis->subscribe(['news'], function (Redis $redis, string $channel, string $message) use (&$received) {
                    $received = [$channel, $message, $redis->unsubscribe([$channel])];
                    $redis->close(); // This version has no other way out of subscribe().
                });
            } catch (RedisException $error) {
                check('end of subscribe', $error->getMessage(), 'Connection closed');
            }
            check('message and reply of UNSUBSCRIBE', $received, ['news', 'hello', ['news' => true]]);
        },
    );
}

try {
    $redis = connect();
    data($redis);
    transactions($redis);
    scripts($redis);
    blockingPop();
    pipeline($redis);
    errors($redis);
    pubSub();
    echo "ok\n";
} catch (Exception $error) {
    fwrite(STDERR, $error->getMessage() . "\n");
    exit(1);
}
