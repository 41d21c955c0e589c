<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Real;

use Apn\AmiClient\Actions\Originate;
use Apn\AmiClient\AmiClient;
use Apn\AmiClient\AmiEvent;

/** Calls into the dialplan's context `flood`, each of which sends 1,000 UserEvents named Tick, and as many other events four times. */
final class Flood
{
    public const int TICKS_OF_A_CALL = 1_000;

    /** Starts it; what this server is sent has to be written by the next tick. */
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
     * Whether the ticks of each call came one after the other.
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
     * Events a second in the fastest stretch of so many.
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
