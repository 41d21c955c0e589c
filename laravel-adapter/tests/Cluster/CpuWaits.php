<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Tests\Cluster;

/** How long processes could run and had no CPU: by this a machine that is too busy is told from a worker that is late. */
final class CpuWaits
{
    /** @var array<int, list<array{at: float, waited: float}>> seconds waited since it started, by process */
    private array $looks = [];

    /** @param list<int> $pids */
    public function look(array $pids): void
    {
        $at = microtime(as_float: true);
        foreach ($pids as $pid) {
            // The second figure of schedstat: nanoseconds in the run queue of the main thread, which is the loop.
            $figures = explode(' ', (string) @file_get_contents("/proc/$pid/schedstat"));
            if (isset($figures[1])) {
                $this->looks[$pid][] = ['at' => $at, 'waited' => (float) $figures[1] / 1e9];
            }
        }
    }

    /** The longest that one process waited within so many seconds, all of them between two Unix times. */
    public function longest(float $within, float $from = 0.0, float $to = INF): float
    {
        $longest = 0.0;
        foreach ($this->looks as $looks) {
            $window = [];
            foreach ($looks as $look) {
                if ($look['at'] < $from || $look['at'] > $to) {
                    continue;
                }
                $window[] = $look;
                while (($look['at'] - $window[0]['at']) > $within) {
                    array_shift($window);
                }
                $longest = max($longest, $look['waited'] - $window[0]['waited']);
            }
        }

        return $longest;
    }
}
