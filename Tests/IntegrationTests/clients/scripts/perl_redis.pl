# Perl's Redis module: every kind of data and exchange, with callbacks for the replies that come later.
use strict;
use warnings;
use Redis;

# Shows a reply in Perl's own words, arrays and hashes in brackets.
sub shown {
    my ($value) = @_;
    return 'undef' unless defined $value;
    return ref $value ? '[' . join(' ', map { shown($_) } @$value) . ']' : "'$value'";
}

sub check {
    my ($what, $actual, $expected) = map { ref || !defined ? shown($_) : $_ } @_;
    die "$what: expected $expected, got $actual\n" unless $actual eq $expected;
}

sub data {
    my ($redis) = @_;
    my $binary = join '', map { chr } 0 .. 255;
    check('SET', $redis->set('k', $binary), 'OK');
    check('GET', unpack('H*', $redis->get('k')), unpack('H*', $binary));
    check('GET of nothing', scalar $redis->get('missing'), undef);
    check('INCRBY', $redis->incrby('n', 5), 5);

    check('HSET', $redis->hset('h', 'a', 1, 'b', 2), 2);
    check('HGETALL', [$redis->hgetall('h')], ['a', 1, 'b', 2]);
    check('RPUSH', $redis->rpush('l', 'a', 'b', 'c'), 3);
    check('LRANGE', [$redis->lrange('l', 0, -1)], ['a', 'b', 'c']);
    check('SADD', $redis->sadd('s', 2, 1), 2);
    check('SMEMBERS', [$redis->smembers('s')], [1, 2]);
    check('ZADD', $redis->zadd('z', 1, 'a', 2.5, 'b'), 2);
    check('ZRANGE', [$redis->zrange('z', 0, -1, 'WITHSCORES')], ['a', 1, 'b', 2.5]);
    check('XADD', $redis->xadd('x', '1-1', 'f', 'v'), '1-1');
    check('XREAD', [$redis->xread('STREAMS', 'x', 0)], [['x', [['1-1', ['f', 'v']]]]]);
}

sub transactions {
    my ($redis, $other) = @_;
    check('MULTI', $redis->multi, 'OK');
    check('INCR in a transaction', $redis->incr('t'), 'QUEUED');
    check('GET in a transaction', $redis->get('missing'), 'QUEUED');
    check('EXEC', [$redis->exec], [1, undef]);
    check('WATCH', $redis->watch('t'), 'OK');
    check('INCR of a watched key', $other->incr('t'), 2);
    check('MULTI', $redis->multi, 'OK');
    check('INCR in a transaction', $redis->incr('t'), 'QUEUED');
    check('EXEC after a change', scalar $redis->exec, undef);
}

sub scripts {
    my ($redis) = @_;
    check('EVAL', [$redis->eval('return {KEYS[1], ARGV[1], 7}', 1, 'k', 'a')], ['k', 'a', 7]);
    check('EVALSHA', $redis->evalsha($redis->script_load('return ARGV[1]'), 0, 'a'), 'a');
}

sub blocking_pop {
    my ($redis, $other) = @_;
    my $popped;
    $redis->blpop('queue', 10, sub { $popped = shift });
    1 until $other->info('clients')->{blocked_clients} == 1;
    check('RPUSH', $other->rpush('queue', 'job'), 1);
    $redis->wait_all_responses;
    check('BLPOP', $popped, ['queue', 'job']);
}

sub pipeline {
    my ($redis) = @_;
    my @replies;
    $redis->incr('counter', sub { push @replies, shift }) for 1 .. 1000;
    $redis->wait_all_responses;
    check('1000 INCR', \@replies, [1 .. 1000]);
}

sub errors {
    my ($redis) = @_;
    my $error;
    $redis->lpush('k', 'x', sub { $error = $_[1] });
    $redis->wait_all_responses;
    check('LPUSH to a string', $error, 'WRONGTYPE Operation against a key holding the wrong kind of value');
    check('PING after an error', $redis->ping, 'PONG');
}

sub pub_sub {
    my ($redis, $other) = @_;
    my @received;
    my $receive = sub { @received = @_ };
    $redis->subscribe('news', $receive);
    check('PUBLISH', $other->publish('news', 'hello'), 1);
    $redis->wait_for_messages(0.1) until @received;
    check('message', \@received, ['hello', 'news', 'news']);
    $redis->unsubscribe('news', $receive);
    check('PING after UNSUBSCRIBE', $redis->ping, 'PONG');
}

my ($host, $port) = @ARGV;
my ($redis, $other) = map { Redis->new(server => "$host:$port") } 1 .. 2;
data($redis);
transactions($redis, $other);
scripts($redis);
blocking_pop($redis, $other);
pipeline($redis);
errors($redis);
pub_sub($redis, $other);
print "ok\n";
