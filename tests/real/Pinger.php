<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Real;

use Apn\AmiClient\Actions\Ping;
use Apn\AmiClient\AmiClient;
use Apn\AmiClient\Response;

/** Sends one Ping after the other to a server while the manager ticks, and measures their times. */
final class Pinger
{
    public private(set) int $answers = 0;
    public private(set) float $longestSeconds = 0.0;
    public private(set) ?\Throwable $error = null;

    public function __construct(
        private readonly AmiClient $client,
    ) {
        $this->ping();
    }

    private function ping(): void
    {
        $sent = microtime(true);
        $this->client
            ->send(new Ping())
            ->onComplete(function (?\Throwable $error, ?Response $_) use ($sent): void {
                if ($error !== null) {
                    $this->error = $error;

                    return;
                }
                ++$this->answers;
                $this->longestSeconds = max($this->longestSeconds, microtime(true) - $sent);
                if ($this->client->isReady()) {
                    $this->ping();
                }
            });
    }
}
