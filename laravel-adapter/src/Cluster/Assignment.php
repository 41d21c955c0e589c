<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Cluster;

/**
 * Which worker should hold which server: evenly, and with as few changes of hands as that allows.
 *
 * Pure: workers that see the same come to the same plan. Where they do not, the lease decides.
 */
final class Assignment
{
    /**
     * @param list<string> $servers
     * @param list<string> $workers those that may hold servers
     * @param array<string, ?string> $owners by server; null where nobody holds it
     *
     * @return array<string, string> worker by server
     */
    public static function plan(array $servers, array $workers, array $owners): array
    {
        if ($workers === []) {
            return [];
        }
        sort($servers);
        sort($workers);
        $held = array_fill_keys($workers, []);
        $free = [];
        foreach ($servers as $server) {
            $owner = $owners[$server] ?? null;
            if ($owner !== null && isset($held[$owner])) {
                $held[$owner][] = $server;
            } else {
                $free[] = $server;
            }
        }

        return self::assigned($held, $free, self::quotas($held, count($servers)));
    }

    /**
     * Shares that differ by one at most; who has more already gets the greater ones.
     *
     * @param array<string, list<string>> $held
     *
     * @return array<string, int>
     */
    private static function quotas(array $held, int $servers): array
    {
        $workers = array_keys($held);
        usort($workers, static fn(string $a, string $b): int => [count($held[$b]), $a] <=> [count($held[$a]), $b]);
        $share = intdiv($servers, count($workers));
        $quotas = [];
        foreach ($workers as $place => $worker) {
            $quotas[$worker] = $share + ($place < ($servers % count($workers)) ? 1 : 0);
        }

        return $quotas;
    }

    /**
     * @param array<string, list<string>> $held
     * @param list<string> $free
     * @param array<string, int> $quotas
     *
     * @return array<string, string>
     */
    private static function assigned(array $held, array $free, array $quotas): array
    {
        $plan = [];
        foreach ($held as $worker => $servers) {
            foreach ($servers as $place => $server) {
                if ($place < $quotas[$worker]) {
                    $plan[$server] = $worker;
                } else {
                    $free[] = $server;
                }
            }
            $quotas[$worker] -= min($quotas[$worker], count($servers));
        }
        foreach ($free as $server) {
            arsort($quotas);
            $worker = (string) array_key_first($quotas);
            $plan[$server] = $worker;
            --$quotas[$worker];
        }

        return $plan;
    }
}
