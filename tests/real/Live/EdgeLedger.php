<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Real\Live;

use Apn\AmiClient\Live\Call;
use Apn\AmiClient\Live\Edge;
use Apn\AmiClient\Live\Model;

/** The edges that were reported of each call. */
final class EdgeLedger
{
    /** @var array<string, array<string, list<string>>> by server and call */
    private array $told = [];

    public function __construct(Model $model)
    {
        $model->onCall(function (Call $call, array $edges): void {
            foreach ($edges as $edge) {
                if (\in_array($edge, [Edge::Started, Edge::Ringing, Edge::Answered, Edge::Merged, Edge::Ended], true)) {
                    $this->told[$call->serverKey][$call->id][] = $edge->value;
                }
            }
        });
    }

    public function calls(string $server): int
    {
        return \count($this->told[$server] ?? []);
    }

    /**
     * Calls with an edge that came twice or out of order.
     *
     * @return list<string>
     */
    public function faults(string $server): array
    {
        $faults = [];
        foreach ($this->told[$server] ?? [] as $id => $edges) {
            $text = implode(' ', $edges);
            // An answered call may ring again after a transfer or another dial.
            $ordered = implode(' ', array_diff($edges, ['ringing']));
            $rings = \count($edges) - \count(array_diff($edges, ['ringing']));
            if ($rings > 1 || preg_match('/^started( answered)?( merged| ended)?$/', $ordered) !== 1) {
                $faults[] = "{$id}: {$text}";
            }
        }

        return $faults;
    }

    /**
     * Calls that were reported as over while their first channel exists, or that began twice.
     *
     * @param list<array<string, string>> $channels of CoreShowChannels
     *
     * @return list<string>
     */
    public function falseEnds(string $server, array $channels): array
    {
        $listed = array_column($channels, null, 'uniqueid');
        $false = [];
        foreach ($this->told[$server] ?? [] as $id => $edges) {
            $counts = array_count_values($edges);
            if (isset($counts['ended'], $listed[$id]) || ($counts['started'] ?? 0) > 1) {
                $false[] = "{$id}: " . implode(' ', $edges);
            }
        }

        return $false;
    }

    /**
     * Calls that go on according to the reports.
     *
     * @return list<string>
     */
    public function open(string $server): array
    {
        return array_map(
            strval(...),
            array_keys(array_filter(
                $this->told[$server] ?? [],
                static fn(array $edges): bool => array_intersect(['merged', 'ended'], $edges) === [],
            )),
        );
    }
}
