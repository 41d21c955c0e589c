<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Bridge;

use Apn\AmiClient\Laravel\Cluster\Leases;
use Apn\AmiClient\Laravel\Redis\Store;

/**
 * Tells the entries of a worker that had lost its server when it wrote them: those that stand in the stream behind the
 * beginning of the next holder's term.
 */
final class Terms
{
    /** @var array<string, string> "server:fence" => the stream's id at which that term began */
    private array $begins = [];

    /** @var array<string, int> the highest fence of each server */
    private array $fences = [];

    public function __construct(
        private readonly Store $store,
    ) {}

    /**
     * @param list<Delivery> $deliveries
     *
     * @return list<Delivery> those that are to be refused
     */
    public function stale(array $deliveries): array
    {
        $this->learn($deliveries);

        return array_values(array_filter($deliveries, $this->isStale(...)));
    }

    private function isStale(Delivery $delivery): bool
    {
        $entry = $delivery->entry;
        if ($entry === null || $entry->kind === 'term') {
            return false;
        }
        $begin = $this->begins[self::next($entry)] ?? null;

        return $begin === null
            // Its successor's beginning is long forgotten, so it is long past.
            ? (($this->fences[$entry->server] ?? 0) - $entry->fence) > Leases::TERMS_KEPT
            : self::isBefore($begin, $delivery->id);
    }

    /** @param list<Delivery> $deliveries */
    private function learn(array $deliveries): void
    {
        $wanted = $servers = [];
        foreach ($deliveries as $delivery) {
            if ($delivery->entry !== null) {
                $servers[$delivery->entry->server] = true;
                $wanted[self::next($delivery->entry)] = true;
            }
        }
        $this->begins = array_intersect_key($this->begins, $wanted);
        $wanted = array_keys(array_diff_key($wanted, $this->begins));
        if ($wanted !== []) {
            $begins = array_combine($wanted, $this->store->command('HMGET', $this->store->key('terms'), ...$wanted));
            $this->begins += array_filter($begins, is_string(...));
        }
        if ($servers !== []) {
            $servers = array_map(strval(...), array_keys($servers));
            $fences = $this->store->command('HMGET', $this->store->key('fences'), ...$servers);
            $this->fences = array_map(intval(...), array_combine($servers, $fences));
        }
    }

    private static function next(Entry $entry): string
    {
        return "{$entry->server}:" . ($entry->fence + 1);
    }

    private static function isBefore(string $one, string $other): bool
    {
        return array_map(intval(...), explode('-', $one)) < array_map(intval(...), explode('-', $other));
    }
}
