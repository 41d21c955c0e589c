<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Cluster\Remote;

use Apn\AmiClient\Laravel\Cluster\Store;
use Apn\AmiClient\Laravel\Contracts\RemoteSender;

/**
 * Actions on their way to the workers, in Redis: a list of each worker, and what became of each action.
 *
 *     queued ──take──▶ taken ──▶ done
 *        │ deadline, or the caller gave up
 *        └──▶ expired: it was not sent, and will not be
 *
 * An action leaves its list before its first byte leaves for the server, and never comes back: at most once. An action for a
 * server that has changed hands meanwhile goes on to the list of its new holder. One for a server whose session is down goes
 * to the end of the list, until the session is back. Deadlines are by the clock of Redis.
 */
final readonly class ActionQueue
{
    /** Actions that may wait for one worker. */
    private const int WAITING_MAX = 5_000;
    /** Actions that a worker takes at a time. */
    private const int BATCH = 100;
    /** Messages of other workers that it takes at a time. */
    private const int MESSAGE_BATCH = 50;
    /** How long it is known what became of an action: longer than any takes. */
    private const int KEPT_MS = 600_000;
    /** How long an answer waits to be fetched. */
    private const int REPLY_MS = 120_000;

    private const string NOW = <<<'LUA'
        local time = redis.call('TIME')
        local now = time[1] * 1000 + math.floor(time[2] / 1000)

        LUA;

    /**
     * KEYS: lease, holder, action, dedupe or the action again.
     * ARGV: id, payload, milliseconds, kept, dedupe ms, waiting, prefix of lists, server, address, "1" without a reply.
     */
    private const string PUSH = self::NOW . <<<'LUA'
        local lease = redis.call('HMGET', KEYS[1], 'owner', 'address')
        local owner = lease[1]
        if not owner then
          local last = redis.call('HMGET', KEYS[2], 'owner', 'seen')
          return {'nobody', last[1], last[2] and tostring(now / 1000 - last[2])}
        end
        if lease[2] and lease[2] ~= '' and lease[2] ~= ARGV[9] then
          return {'elsewhere', owner, lease[2]}
        end
        local list = ARGV[7] .. owner
        if redis.call('LLEN', list) >= tonumber(ARGV[6]) then
          return {'full', owner}
        end
        if tonumber(ARGV[5]) > 0 and not redis.call('SET', KEYS[4], ARGV[1], 'NX', 'PX', ARGV[5]) then
          return {'duplicate', tostring((ARGV[5] - redis.call('PTTL', KEYS[4])) / 1000)}
        end
        redis.call('HSET', KEYS[3], 'state', 'queued', 'payload', ARGV[2], 'deadline', now + ARGV[3],
          'dedupe', tonumber(ARGV[5]) > 0 and KEYS[4] or '', 'list', list, 'server', ARGV[8], 'silent', ARGV[10])
        redis.call('PEXPIRE', KEYS[3], ARGV[10] == '1' and ARGV[3] + 1000 or ARGV[4])
        redis.call('RPUSH', list, ARGV[1])
        redis.call('PEXPIRE', list, ARGV[4])
        return {'queued', owner}
        LUA;

    private const string EXPIRE = <<<'LUA'
        local function expire(key)
          local dedupe = redis.call('HGET', key, 'dedupe')
          if dedupe and dedupe ~= '' then redis.call('DEL', dedupe) end
          redis.call('HDEL', key, 'payload')
          redis.call('HSET', key, 'state', 'expired')
        end

        LUA;

    /**
     * One question for everything that a worker looks for many times a second.
     *
     * KEYS: inbox, list. ARGV: worker, prefix of all keys, batch, message batch, then the servers whose session is not Ready.
     * Returns the messages, and of each action the server, id, payload, milliseconds left and whether a reply is wanted.
     */
    private const string TAKE = self::EXPIRE . self::NOW . <<<'LUA'
        local down = {}
        for i = 5, #ARGV do down[ARGV[i]] = true end
        local taken = {}
        for _ = 1, math.min(redis.call('LLEN', KEYS[2]), tonumber(ARGV[3])) do
          local id = redis.call('LPOP', KEYS[2])
          local key = ARGV[2] .. 'action:' .. id
          local action = redis.call('HMGET', key, 'state', 'payload', 'deadline', 'server', 'silent')
          if action[1] == 'queued' and tonumber(action[3]) > now then
            local owner = redis.call('HGET', ARGV[2] .. 'lease:' .. action[4], 'owner')
            if owner ~= ARGV[1] or down[action[4]] then
              local list = ARGV[2] .. 'actions:' .. (owner or ARGV[1])
              redis.call('RPUSH', list, id)
              redis.call('PEXPIRE', list, 600000)
              redis.call('HSET', key, 'list', list)
            else
              redis.call('HDEL', key, 'payload')
              redis.call('HSET', key, 'state', 'taken', 'worker', ARGV[1])
              table.insert(taken, {action[4], id, action[2], action[3] - now, action[5]})
            end
          elseif action[1] == 'queued' then
            expire(key)
          end
        end
        return {redis.call('LPOP', KEYS[1], ARGV[4]) or {}, taken}
        LUA;

    /** KEYS: action. ARGV: id. Takes back what nobody took, and returns the state. */
    private const string CANCEL = self::EXPIRE . <<<'LUA'
        local action = redis.call('HMGET', KEYS[1], 'state', 'list')
        if action[1] == 'queued' then
          redis.call('LREM', action[2], 1, ARGV[1])
          expire(KEYS[1])
        end
        return redis.call('HMGET', KEYS[1], 'state', 'worker')
        LUA;

    public function __construct(
        private Store $store,
    ) {}

    /** @throws \RedisException when Redis is away: nothing was queued */
    public function reach(): void
    {
        $this->store->reach();
    }

    /**
     * @param string $address of the server, as this process has it
     *
     * @return list<string|false> what became of it: queued (owner), nobody (last owner, seconds ago), elsewhere (owner, address), full (owner), duplicate (seconds ago)
     */
    public function push(
        string $server,
        string $address,
        string $id,
        string $payload,
        float $deadline,
        ?string $dedupeKey,
        bool $isSilent,
    ): array {
        $dedupe = $dedupeKey === null ? "action:$id" : "sent:$server:$dedupeKey";

        /** @var list<string|false> */
        return $this->store->script(
            self::PUSH,
            ["lease:$server", "holder:$server", "action:$id", $dedupe],
            [
                $id,
                $payload,
                (int) ($deadline * 1_000),
                self::KEPT_MS,
                $dedupeKey === null ? 0 : (int) (RemoteSender::DEDUPE_SECONDS * 1_000),
                self::WAITING_MAX,
                $this->store->key('actions:'),
                $server,
                $address,
                (int) $isSilent,
            ],
        );
    }

    /**
     * @param list<string> $down servers that this worker holds and whose session is not Ready
     *
     * @return array{list<string>, list<array{string, string, string, int, string}>} messages, and of each action the server, id, payload, milliseconds left and "1" without a reply
     */
    public function take(string $worker, array $down = []): array
    {
        /** @var array{list<string>, list<array{string, string, string, int, string}>} */
        return $this->store->script(
            self::TAKE,
            ["inbox:$worker", "actions:$worker"],
            [$worker, $this->store->key(''), self::BATCH, self::MESSAGE_BATCH, ...$down],
        );
    }

    public function answer(string $id, string $end): void
    {
        // In this order: what is done has a reply.
        $this->store->command('RPUSH', "reply:$id", $end);
        $this->store->command('PEXPIRE', "reply:$id", self::REPLY_MS);
        $this->store->command('HSET', "action:$id", 'state', 'done');
    }

    /** The end of an action, waiting so many seconds for it. */
    public function end(string $id, float $seconds): ?string
    {
        if ($seconds <= 0.0) {
            return (string) $this->store->command('LPOP', "reply:$id") ?: null;
        }
        $this->store->patience($seconds);
        $answer = (array) $this->store->command('BLPOP', "reply:$id", sprintf('%.3F', $seconds));

        return (string) ($answer[1] ?? '') ?: null;
    }

    /** @return array{string|false, string|false} its state, and the worker that took it */
    public function cancel(string $id): array
    {
        /** @var array{string|false, string|false} */
        return $this->store->script(self::CANCEL, ["action:$id"], [$id]);
    }
}
