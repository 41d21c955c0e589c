<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Real;

use Apn\AmiClient\Actions\Originate;
use Apn\AmiClient\AmiClient;
use Apn\AmiClient\AmiEvent;

/** Calls to the dialplan context `flood`. Each call sends 1,000 UserEvents named Tick and 4,000 other events. */
final class Flood
{
    public const int TICKS_OF_A_CALL = 1_000;

    /** Starts the flood. The next tick writes the actions to the server. */
    public static function start(AmiClient $server, int $calls): void
    {
        for ($call = 0; $call < $calls; ++$call) {
            $server->send(new Originate(
                channel: 'Local/' . (100 + $call) . '@flood',
                application: 'Wait',
                data: '60',
                async: true,
            ));
        }
    }

    /**
     * True if the Tick events of each call came in order.
     *
     * @param list<AmiEvent> $ticks
     */
    public static function isInOrder(array $ticks, bool $withoutLoss): bool
    {
        $last = [];
        foreach ($ticks as $tick) {
            $call = (string) $tick->get('Exten');
            $count = (int) $tick->int('Count');
            $before = $last[$call] ?? 0;
            if ($withoutLoss ? $count !== ($before + 1) : $count <= $before) {
                return false;
            }
            $last[$call] = $count;
        }

        return true;
    }

    /**
     * Events per second in the fastest stretch of this number of events.
     *
     * @param list<float> $receivedAt
     */
    public static function peakRate(array $receivedAt, int $stretch): float
    {
        $shortest = INF;
        for ($at = $stretch; $at < \count($receivedAt); ++$at) {
            $shortest = min($shortest, $receivedAt[$at] - $receivedAt[$at - $stretch]);
        }

        return $stretch / $shortest;
    }

    private function __construct() {}
}
