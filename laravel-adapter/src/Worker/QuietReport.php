<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Worker;

use Throwable;

/** Reports the same failure once a minute: while Redis is away everything fails every second, for one and the same reason. */
final class QuietReport
{
    private const float SECONDS = 60.0;
    private const int KEPT = 20;

    /** @var array<string, float> */
    private array $reportedAt = [];

    /** @param \Closure(Throwable): void $report */
    public function __construct(
        private readonly \Closure $report,
    ) {}

    public function __invoke(Throwable $error, ?float $now = null): void
    {
        $what = $error::class . $error->getMessage();
        $now ??= Worker::now();
        if ($now >= (($this->reportedAt[$what] ?? -INF) + self::SECONDS)) {
            unset($this->reportedAt[$what]);
            $this->reportedAt = [$what => $now, ...array_slice($this->reportedAt, 0, self::KEPT - 1)];
            ($this->report)($error);
        }
    }
}
