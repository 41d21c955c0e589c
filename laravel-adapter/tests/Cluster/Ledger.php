<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Tests\Cluster;

/** Goes through the stream entry by entry and keeps the books of it: what is missing where, what came twice, what ran twice. */
final class Ledger
{
    /** @var array<string, int> serial of each server's last event */
    private array $last = [];

    /** @var array<string, array<int, true>> serials seen, by server */
    private array $seen = [];

    /** @var array<string, bool> whether a gap was told since the server's last event */
    private array $isGapTold = [];

    /** @var array<string, float> Unix time at which the server's last event was written */
    private array $at = [];

    /** @var list<array{server: string, missing: int, silence: float, told: bool, from: float, at: float}> */
    public array $holes = [];

    /** @var list<string> */
    public array $twice = [];

    /** @var array<string, array<string, true>> ActionIDs by the marker of the action */
    public array $actions = [];

    /** @var array<string, true> every id that a consumer has to see */
    public array $ids = [];

    public int $events = 0;
    public int $gaps = 0;

    /** @param array<string, mixed> $entry */
    public function enter(string $id, array $entry): void
    {
        $at = (int) $id / 1_000;
        match ($entry['k']) {
            'event' => $this->event($entry, $at),
            'gap' => $this->gap($entry),
        };
    }

    /** @return list<string> server and serial of every event */
    public function serials(): array
    {
        $serials = [];
        foreach ($this->seen as $server => $seen) {
            foreach (array_keys($seen) as $serial) {
                $serials[] = "$server $serial";
            }
        }

        return $serials;
    }

    /** @param array<string, mixed> $entry */
    private function gap(array $entry): void
    {
        ++$this->gaps;
        $this->isGapTold[$entry['s']] = true;
    }

    /** @param array<string, mixed> $entry */
    private function event(array $entry, float $at): void
    {
        ++$this->events;
        $this->ids["{$entry['s']}:{$entry['f']}:{$entry['q']}"] = true;
        $headers = array_column($entry['h'], 1, 0);
        if (isset($headers['UserEvent'])) {
            $this->actions[$headers['Marker']][$headers['ActionID']] = true;
        } elseif (isset($headers['AccountCode'])) {
            $this->serial($entry['s'], (int) $headers['AccountCode'], $at);
        }
    }

    private function serial(string $server, int $serial, float $at): void
    {
        if (isset($this->seen[$server][$serial])) {
            $this->twice[] = "$server $serial";
        }
        $this->seen[$server][$serial] = true;
        $last = $this->last[$server] ?? ($serial - 1);
        if ($serial > ($last + 1)) {
            $this->holes[] = [
                'server' => $server,
                'missing' => $serial - $last - 1,
                'silence' => $at - $this->at[$server],
                'told' => $this->isGapTold[$server] ?? false,
                'from' => $this->at[$server],
                'at' => $at,
            ];
        }
        $this->last[$server] = max($last, $serial);
        $this->at[$server] = $at;
        $this->isGapTold[$server] = false;
    }
}
