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
            $owner = $owners[$server] ?? '';
            if (isset($held[$owner])) {
                $held[$owner][] = $server;
            } else {
                $free[] = $server;
            }
        }
        // Shares differ by one at most; who has more already gets the greater ones.
        uasort($held, static fn(array $a, array $b): int => count($b) <=> count($a));
        $share = intdiv(count($servers), count($workers));
        $greater = count($servers) % count($workers);
        $plan = $room = [];
        foreach ($held as $worker => $theirs) {
            $quota = $share + ($greater-- > 0 ? 1 : 0);
            $plan += array_fill_keys(array_slice($theirs, 0, $quota), $worker);
            $free = [...$free, ...array_slice($theirs, $quota)];
            $room[$worker] = max(0, $quota - count($theirs));
        }
        foreach ($free as $server) {
            $worker = (string) array_search(max($room), $room, strict: true);
            $plan[$server] = $worker;
            --$room[$worker];
        }

        return $plan;
    }
}
