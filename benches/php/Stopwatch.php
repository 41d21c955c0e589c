<?php

declare(strict_types=1);

namespace Apn\AmiClient\Bench;

/** Wall time and the processor time of all threads of this process, and the line of JSON that tells of them. */
final class Stopwatch
{
    private readonly int $began;
    private readonly float $processor;

    public function __construct()
    {
        $this->processor = self::processor();
        $this->began = hrtime(true);
    }

    /** @param array<string, int|float> $more */
    public function report(int $count, array $more = []): void
    {
        $wall = (hrtime(true) - $this->began) / 1e9;
        $cpu = $this->processorSeconds();
        echo json_encode(['count' => $count, 'wall' => $wall, 'cpu' => $cpu] + $more, JSON_THROW_ON_ERROR), "\n";
    }

    public function processorSeconds(): float
    {
        return self::processor() - $this->processor;
    }

    private static function processor(): float
    {
        $usage = getrusage();

        return $usage === false
            ? 0.0
            : $usage['ru_utime.tv_sec']
            + $usage['ru_stime.tv_sec']
            + (($usage['ru_utime.tv_usec'] + $usage['ru_stime.tv_usec']) / 1e6);
    }
}
