<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Bridge;

use Apn\AmiClient\Laravel\Config\Settings;
use Apn\AmiClient\Laravel\Redis\Store;

/** Entries that no consumer of a group could finish: a stream beside the bridge's, until a person looks at them. */
final readonly class DeadLetters
{
    private const int LENGTH = 10_000;

    public function __construct(
        private Store $store,
        private Settings $settings,
    ) {}

    public function bury(Delivery $delivery, string $group, string $error): void
    {
        $this->store->command(
            'XADD',
            $this->stream(),
            'MAXLEN',
            '~',
            self::LENGTH,
            '*',
            'e',
            $delivery->json,
            'id',
            $delivery->id,
            'group',
            $group,
            'deliveries',
            $delivery->count,
            'error',
            mb_substr($error, 0, 2_000),
        );
    }

    /** @return array<string, array{entry: ?Entry, group: string, deliveries: int, error: string}> by id, the oldest first */
    public function all(int $count = 2 * self::LENGTH): array
    {
        $letters = [];
        foreach ($this->store->command('XRANGE', $this->stream(), '-', '+', 'COUNT', $count) as [$id, $fields]) {
            $letters[$id] = self::letter($fields);
        }

        return $letters;
    }

    public function count(): int
    {
        return (int) $this->store->command('XLEN', $this->stream());
    }

    public function forget(string $id): void
    {
        $this->store->command('XDEL', $this->stream(), $id);
    }

    private function stream(): string
    {
        return $this->store->stream($this->settings->string('bridge.stream') . ':dead');
    }

    /**
     * @param list<string> $fields
     *
     * @return array{entry: ?Entry, group: string, deliveries: int, error: string}
     */
    private static function letter(array $fields): array
    {
        $named = [];
        foreach (array_chunk($fields, 2) as [$name, $value]) {
            $named[$name] = $value;
        }

        return [
            'entry' => Entry::parse($named['e'] ?? ''),
            'group' => $named['group'] ?? '',
            'deliveries' => (int) ($named['deliveries'] ?? 0),
            'error' => $named['error'] ?? '',
        ];
    }
}
