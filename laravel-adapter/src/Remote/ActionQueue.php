<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Remote;

use Apn\AmiClient\Laravel\Redis\Store;

/**
 * Actions on their way to the workers, in Redis: a list of each server, and what became of each action.
 *
 *     queued ──take──▶ taken ──▶ done
 *        │ deadline, or the caller gave up
 *        └──▶ expired: it was never sent, and never will be
 *
 * An action leaves its list before its first byte leaves for the server, and never comes back: at most once. Deadlines are
 * by the clock of Redis.
 */
final readonly class ActionQueue
{
    /** Actions that may wait for one server. */
    private const int WAITING_MAX = 5_000;
    /** Actions that a worker takes at a time. */
    private const int BATCH = 100;
    /** Messages of other workers that it takes at a time. */
    private const int MAIL_BATCH = 50;
    /** How long it is known what became of an action: longer than any takes. */
    private const int KEPT_MS = 600_000;

    private const string NOW = <<<'LUA'
        local time = redis.call('TIME')
        local now = time[1] * 1000 + math.floor(time[2] / 1000)

        LUA;

    /** KEYS: lease, holder, list, action, dedupe or the same again. ARGV: id, payload, milliseconds, kept, dedupe ms, waiting. */
    private const string PUSH = self::NOW . <<<'LUA'
        local owner = redis.call('HGET', KEYS[1], 'owner')
        if not owner then
          local last = redis.call('HMGET', KEYS[2], 'owner', 'seen')
          return {'nobody', last[1], last[2] and tostring(now / 1000 - last[2])}
        end
        if redis.call('LLEN', KEYS[3]) >= tonumber(ARGV[6]) then
          return {'full', owner}
        end
        if tonumber(ARGV[5]) > 0 and not redis.call('SET', KEYS[5], ARGV[1], 'NX', 'PX', ARGV[5]) then
          return {'duplicate', tostring((ARGV[5] - redis.call('PTTL', KEYS[5])) / 1000)}
        end
        redis.call('HSET', KEYS[4], 'state', 'queued', 'payload', ARGV[2], 'deadline', now + ARGV[3], 'dedupe', tonumber(ARGV[5]) > 0 and KEYS[5] or '')
        redis.call('PEXPIRE', KEYS[4], ARGV[4])
        redis.call('RPUSH', KEYS[3], ARGV[1])
        redis.call('PEXPIRE', KEYS[3], ARGV[4])
        return {'queued', owner}
        LUA;

    private const string EXPIRE = <<<'LUA'
        local function expire(key)
          local dedupe = redis.call('HGET', key, 'dedupe')
          if dedupe and dedupe ~= '' then redis.call('DEL', dedupe) end
          redis.call('HSET', key, 'state', 'expired')
        end

        LUA;

    /**
     * One question for all that a worker looks for many times a second.
     *
     * KEYS: inbox, the lists. ARGV: worker, prefix of actions, batch, mail batch. Gives the mail, and of each action the
     * place of its list, id, payload and milliseconds left.
     */
    private const string TAKE = self::EXPIRE . self::NOW . <<<'LUA'
        local taken = {}
        for place = 1, #KEYS - 1 do
          while #taken < tonumber(ARGV[3]) do
            local id = redis.call('LPOP', KEYS[place + 1])
            if not id then break end
            local key = ARGV[2] .. id
            local action = redis.call('HMGET', key, 'state', 'payload', 'deadline')
            if action[1] == 'queued' and tonumber(action[3]) > now then
              redis.call('HSET', key, 'state', 'taken', 'worker', ARGV[1])
              table.insert(taken, {place, id, action[2], action[3] - now})
            elseif action[1] == 'queued' then
              expire(key)
            end
          end
        end
        return {redis.call('LPOP', KEYS[1], ARGV[4]) or {}, taken}
        LUA;

    /** KEYS: action, list. ARGV: id. Takes back what nobody took, and gives the state. */
    private const string CANCEL = self::EXPIRE . <<<'LUA'
        if redis.call('HGET', KEYS[1], 'state') == 'queued' then
          redis.call('LREM', KEYS[2], 1, ARGV[1])
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
     * @param float $dedupeSeconds during which a second action of the same key is refused
     *
     * @return list<?string> what became of it: queued (owner), nobody (last owner, seconds ago), full (owner), duplicate (seconds ago)
     */
    public function push(
        string $server,
        string $id,
        string $payload,
        float $deadline,
        ?string $dedupeKey,
        float $dedupeSeconds,
    ): array {
        $action = $this->store->key("action:$id");

        $became = $this->store->script(
            self::PUSH,
            [
                $this->store->key("lease:$server"),
                $this->store->key("holder:$server"),
                $this->store->key("actions:$server"),
                $action,
                $dedupeKey === null ? $action : $this->store->key("sent:$server:$dedupeKey"),
            ],
            [
                $id,
                $payload,
                (int) ($deadline * 1_000),
                self::KEPT_MS,
                $dedupeKey === null ? 0 : (int) ($dedupeSeconds * 1_000),
                self::WAITING_MAX,
            ],
        );

        return array_map(static fn(string|false $word): ?string => $word === false ? null : $word, $became);
    }

    /**
     * @param list<string> $servers
     *
     * @return array{mail: list<string>, actions: list<array{server: string, id: string, payload: string, seconds: float}>}
     */
    public function take(array $servers, string $worker): array
    {
        [$mail, $taken] = $this->store->script(
            self::TAKE,
            [
                $this->store->key("inbox:$worker"),
                ...array_map(fn(string $server): string => $this->store->key("actions:$server"), $servers),
            ],
            [$worker, $this->store->key('action:'), self::BATCH, self::MAIL_BATCH],
        );

        return [
            'mail' => $mail,
            'actions' => array_map(static fn(array $action): array => [
                'server' => $servers[$action[0] - 1],
                'id' => $action[1],
                'payload' => $action[2],
                'seconds' => $action[3] / 1_000,
            ], $taken),
        ];
    }

    public function answer(string $id, string $end): void
    {
        // In this order: what is done has a reply.
        $this->store->command('RPUSH', $this->store->key("reply:$id"), $end);
        $this->store->command('PEXPIRE', $this->store->key("reply:$id"), self::KEPT_MS);
        $this->store->command('HSET', $this->store->key("action:$id"), 'state', 'done');
    }

    /** The end of an action, waiting for it for as long as that. */
    public function end(string $id, float $seconds): ?string
    {
        $key = $this->store->key("reply:$id");
        if ($seconds <= 0.0) {
            return $this->store->command('LPOP', $key) ?: null;
        }
        $this->store->patience($seconds);

        return $this->store->command('BLPOP', $key, sprintf('%.3F', $seconds))[1] ?? null;
    }

    /** @return array{?string, ?string} its state, and the worker that took it */
    public function cancel(string $server, string $id): array
    {
        [$state, $worker] = $this->store->script(
            self::CANCEL,
            [$this->store->key("action:$id"), $this->store->key("actions:$server")],
            [$id],
        );

        return [$state ?: null, $worker ?: null];
    }
}
