<?php

declare(strict_types=1);

namespace App\Wallboard;

use Apn\AmiClient\AmiEvent;
use Apn\AmiClient\GenericAction;
use Apn\AmiClient\Laravel\Facades\Ami;
use Illuminate\Contracts\Cache\Repository;

/**
 * The queues of every server, as the wallboard shows them, in the cache.
 *
 * Written by one reader of the event stream, in order; read by any number of web requests. Events change it step by step.
 * Where events may be missing it is read again from the server.
 *
 * @phpstan-type Caller array{number: string, since: float}
 * @phpstan-type Member array{name: string, status: string, paused: bool}
 * @phpstan-type Queue array{callers: array<string, Caller>, members: array<string, Member>, answered: int, abandoned: int}
 */
final readonly class Board
{
    private const string KEY = 'wallboard';

    public function __construct(
        private Repository $cache,
    ) {}

    /** @return array{version: int, queues: array<string, Queue>} queues by "server/name" */
    public function read(): array
    {
        return $this->cache->get(self::KEY) ?? ['version' => 0, 'queues' => []];
    }

    public function apply(AmiEvent $event): void
    {
        $board = $this->read();
        $key = "{$event->serverKey}/{$event->get('Queue')}";
        if (!isset($board['queues'][$key])) {
            $this->rebuild($event->serverKey);

            return;
        }
        $board['queues'][$key] = self::changed($board['queues'][$key], $event);
        $this->write($board);
    }

    /** Reads the queues of a server anew, by way of the worker that holds it. */
    public function rebuild(string $server): void
    {
        $board = $this->read();
        $queues = [];
        foreach (Ami::to($server)->send(new GenericAction('QueueStatus'))->await(10.0)->getEvents() as $item) {
            $key = "$server/{$item->get('Queue')}";
            $queue = $queues[$key] ?? ['callers' => [], 'members' => [], 'answered' => 0, 'abandoned' => 0];
            $queues[$key] = self::listed($queue, $item);
        }
        $others = array_filter(
            $board['queues'],
            static fn(string $key): bool => !str_starts_with($key, "$server/"),
            ARRAY_FILTER_USE_KEY,
        );
        $this->write([...$board, 'queues' => [...$others, ...$queues]]);
    }

    /** @param array{version: int, queues: array<string, Queue>} $board */
    private function write(array $board): void
    {
        ksort($board['queues']);
        $this->cache->forever(self::KEY, [...$board, 'version' => $board['version'] + 1]);
    }

    /**
     * @param Queue $queue
     *
     * @return Queue
     */
    private static function listed(array $queue, AmiEvent $item): array
    {
        return match ($item->name) {
            'QueueParams' => [
                ...$queue,
                'answered' => (int) $item->int('Completed'),
                'abandoned' => (int) $item->int('Abandoned'),
            ],
            'QueueMember' => self::withMember(
                $queue,
                (string) $item->get('Location'),
                (string) $item->get('Name'),
                $item,
            ),
            'QueueEntry' => self::withCaller($queue, $item, $item->receivedAt - (int) $item->int('Wait')),
            default => $queue,
        };
    }

    /**
     * @param Queue $queue
     *
     * @return Queue
     */
    private static function changed(array $queue, AmiEvent $event): array
    {
        $caller = (string) $event->get('Uniqueid');
        $interface = (string) $event->get('Interface');
        $without = static fn(array $all, string $key): array => array_diff_key($all, [$key => true]);

        return match ($event->name) {
            'QueueCallerJoin' => self::withCaller($queue, $event, $event->receivedAt),
            'QueueCallerLeave' => [...$queue, 'callers' => $without($queue['callers'], $caller)],
            'QueueCallerAbandon' => [
                ...$queue,
                'callers' => $without($queue['callers'], $caller),
                'abandoned' => $queue['abandoned'] + 1,
            ],
            'AgentComplete' => [...$queue, 'answered' => $queue['answered'] + 1],
            'QueueMemberRemoved' => [...$queue, 'members' => $without($queue['members'], $interface)],
            'QueueMemberAdded', 'QueueMemberStatus', 'QueueMemberPause' => self::withMember(
                $queue,
                $interface,
                (string) $event->get('MemberName'),
                $event,
            ),
            default => $queue,
        };
    }

    /**
     * @param Queue $queue
     *
     * @return Queue
     */
    private static function withCaller(array $queue, AmiEvent $event, float $since): array
    {
        $number = $event->known('CallerIDNum') ?? 'unknown';

        return [
            ...$queue,
            'callers' => [
                ...$queue['callers'],
                (string) $event->get('Uniqueid') => ['number' => $number, 'since' => $since],
            ],
        ];
    }

    /**
     * @param Queue $queue
     *
     * @return Queue
     */
    private static function withMember(array $queue, string $interface, string $name, AmiEvent $event): array
    {
        // AST_DEVICE_* of include/asterisk/devicestate.h.
        $status = match ($event->int('Status')) {
            1 => 'free',
            2, 3, 7, 8 => 'talking',
            6 => 'ringing',
            default => 'away',
        };

        return [
            ...$queue,
            'members' => [
                ...$queue['members'],
                $interface => ['name' => $name, 'status' => $status, 'paused' => $event->int('Paused') === 1],
            ],
        ];
    }
}
