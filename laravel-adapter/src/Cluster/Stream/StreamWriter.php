<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Cluster\Stream;

use Apn\AmiClient\AmiEvent;
use Apn\AmiClient\Laravel\Cluster\Store;
use Apn\AmiClient\Laravel\Config\Settings;
use Apn\AmiClient\Laravel\Events\AmiGap;
use Apn\AmiClient\Laravel\Routing\EventRoutes;
use Apn\AmiClient\Laravel\Routing\Route;
use Apn\AmiClient\Laravel\Worker\Sink;
use RedisException;

/**
 * Writes to the event stream what readers want, and what `ami.stream.events` names.
 *
 * A batch is one script, so it is written whole or not at all. Redis refuses in it what it has already (the connection
 * broke after the write and the batch was sent again) and what comes from a worker that lost the server.
 *
 * @extends Sink<Entry>
 */
final class StreamWriter extends Sink
{
    /**
     * KEYS: stream, fences, written. ARGV: stream length, then server, fence, number and JSON of each entry.
     * Returns how many were refused because another worker holds the server.
     */
    private const string WRITE = <<<'LUA'
        local fences, written, refused, added = {}, {}, 0, 0
        for i = 2, #ARGV, 4 do
          local server, fence, number = ARGV[i], tonumber(ARGV[i + 1]), tonumber(ARGV[i + 2])
          if not fences[server] then
            fences[server] = tonumber(redis.call('HGET', KEYS[2], server) or 0)
            local last = redis.call('HGET', KEYS[3], server)
            written[server] = last and cjson.decode(last) or {f = 0, n = 0}
          end
          local last = written[server]
          if fence < fences[server] then
            refused = refused + 1
          elseif fence > last.f or number > last.n then
            redis.call('XADD', KEYS[1], 'MAXLEN', '~', ARGV[1], '*', 'e', ARGV[i + 3])
            added = added + 1
            written[server] = {f = fence, n = number}
          end
        end
        for server, last in pairs(written) do
          redis.call('HSET', KEYS[3], server, cjson.encode({f = last.f, n = last.n}))
        end
        redis.call('HINCRBY', KEYS[3], ':added', added)
        return refused
        LUA;

    /** @var array<string, array{fence: int, number: int}> the last entry of each server */
    private array $numbers = [];

    /** @var array<string, string> id of each server's last event, which several routes may bring */
    private array $last = [];

    public function __construct(
        private readonly Store $store,
        private readonly Settings $settings,
        private readonly EventRoutes $routes,
    ) {
        parent::__construct('stream', $settings->whole('stream.buffer_bytes', min: 65_536));
    }

    public function routes(): array
    {
        $names = $this->settings->texts('stream.events');
        $routes = $names === [] ? [] : [new Route($names, [], 'config ami.stream.events', $this->event(...))];
        foreach ($this->routes->readers as $reader) {
            foreach ($reader->routes() as $route) {
                $routes[] = new Route($route->names, $route->where, "the reader {$reader->name}", $this->event(...));
            }
        }

        return $routes;
    }

    public function gap(AmiGap $gap, string $term): void
    {
        $fields = ['from' => $gap->from, 'to' => $gap->to, 'cause' => $gap->cause, 'dropped' => $gap->dropped];
        $this->add('gap', $gap->server, (int) $term, $gap->to, $fields);
    }

    private function event(AmiEvent $event, string $id): void
    {
        if (($this->last[$event->serverKey] ?? '') !== $id) {
            $this->last[$event->serverKey] = $id;
            $fence = (int) explode(':', $id)[1];
            $this->add('event', $event->serverKey, $fence, $event->receivedAt, Entry::fieldsOf($event));
        }
    }

    /** @param array<string, mixed> $fields */
    public function add(string $kind, string $server, int $fence, float $at, array $fields): void
    {
        $last = $this->numbers[$server] ?? null;
        $number = $last !== null && $last['fence'] === $fence ? $last['number'] + 1 : 1;
        $this->numbers[$server] = ['fence' => $fence, 'number' => $number];
        $this->wait(Entry::make($kind, $server, $fence, $number, $at, $fields));
    }

    protected function write(): ?array
    {
        $this->tellDropped();
        $batch = array_slice($this->waiting, 0, self::WRITE_MAX);
        $arguments = [$this->settings->whole('stream.max_length', min: 1)];
        foreach ($batch as $entry) {
            array_push($arguments, $entry->server, $entry->fence, $entry->number, $entry->json);
        }
        try {
            $keys = [$this->settings->string('stream.name'), 'fences', 'written'];

            return [count($batch), (int) $this->store->script(self::WRITE, $keys, $arguments)];
        } catch (RedisException) {
            return null;
        }
    }

    /** Puts a gap where the dropped entries were, under the number of the last of them. */
    private function tellDropped(): void
    {
        foreach ($this->dropped as $server => ['from' => $from, 'to' => $to, 'count' => $count]) {
            $server = (string) $server;
            $place = array_find_key($this->waiting, static fn(Entry $one): bool => $one->server === $server);
            if ($place !== null) {
                $next = $this->waiting[$place];
                $gap = ['from' => $from, 'to' => $to, 'cause' => 'stream', 'dropped' => $count];
                $this->insert($place, Entry::make('gap', $server, $next->fence, $next->number - 1, $to, $gap));
                unset($this->dropped[$server]);
            }
        }
    }
}
