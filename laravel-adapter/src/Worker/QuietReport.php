<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Worker;

use Throwable;

/** Reports the same failure once a minute, and no more than ten failures of one place: what fails may fail with every event. */
final class QuietReport
{
    private const float SECONDS = 60.0;
    private const int PER_PLACE = 10;

    /** @var array<string, array{since: float, messages: array<string, true>}> by place */
    private array $reported = [];

    /** @param \Closure(Throwable): void $report */
    public function __construct(
        private readonly \Closure $report,
    ) {}

    public function __invoke(Throwable $error, ?float $now = null): void
    {
        $now ??= Worker::now();
        $place = $error::class . ":{$error->getFile()}:{$error->getLine()}";
        $known = $this->reported[$place] ?? null;
        if ($known === null || $now >= ($known['since'] + self::SECONDS)) {
            $known = ['since' => $now, 'messages' => []];
        }
        $message = hash('xxh128', $error->getMessage());
        $isNews = !isset($known['messages'][$message]) && count($known['messages']) < self::PER_PLACE;
        $known['messages'] += $isNews ? [$message => true] : [];
        $this->reported[$place] = $known;
        if ($isNews) {
            ($this->report)($error);
        }
    }

    /** @param \Closure(): mixed $step reported where it throws */
    public function guard(\Closure $step): void
    {
        try {
            $step();
        } catch (Throwable $error) {
            $this($error);
        }
    }
}
