<?php

declare(strict_types=1);

namespace App\Wallboard;

use Illuminate\Contracts\View\View;
use Symfony\Component\HttpFoundation\StreamedResponse;

final class WallboardController
{
    /** A stream holds a PHP process: it ends by then, and the browser opens the next one. */
    private const float STREAM_SECONDS = 30.0;
    private const int POLL_US = 250_000;

    public function page(Board $board): View
    {
        return view('wallboard', ['board' => $board->read()]);
    }

    /** Server-sent events: the whole board whenever it changed. */
    public function events(Board $board): StreamedResponse
    {
        return new StreamedResponse(
            static function () use ($board): void {
                $version = -1;
                $until = microtime(as_float: true) + self::STREAM_SECONDS;
                echo "retry: 1000\n\n";
                while (microtime(as_float: true) < $until && connection_aborted() === 0) {
                    $now = $board->read();
                    echo
                        $now['version'] === $version
                            ? ":\n\n"
                            : 'data: ' . json_encode($now, JSON_THROW_ON_ERROR) . "\n\n"
                    ;
                    $version = $now['version'];
                    if (ob_get_level() > 0) {
                        ob_flush();
                    }
                    flush();
                    usleep(self::POLL_US);
                }
            },
            200,
            ['Content-Type' => 'text/event-stream', 'Cache-Control' => 'no-cache', 'X-Accel-Buffering' => 'no'],
        );
    }
}
