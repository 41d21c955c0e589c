<?php

/**
 * A stream_select loop of one's own: a manager beside standard input and a clock.
 *
 * usage: AMI_HOST=127.0.0.1 AMI_PORT=5038 AMI_USERNAME=admin AMI_SECRET=... php examples/loop-select.php
 *
 * Type the name of an action and see its answer; `quit` ends it.
 */

declare(strict_types=1);

use Apn\AmiClient\AmiClientManager;
use Apn\AmiClient\AmiEvent;
use Apn\AmiClient\GenericAction;
use Apn\AmiClient\Response;
use Apn\AmiClient\ServerConfig;

$ami = new AmiClientManager([new ServerConfig(
    key: 'pbx1',
    host: (string) getenv('AMI_HOST'),
    port: (int) getenv('AMI_PORT'),
    username: (string) getenv('AMI_USERNAME'),
    secret: (string) getenv('AMI_SECRET'),
)]);
$ami->onEvent('*', static function (AmiEvent $event): void {
    echo "event {$event->name}\n";
});
$ami->connectAll();

$began = hrtime(true);
$nextSecond = 1;
while (true) {
    // Until the clock or the manager's next timer, whatever is first; the streams end the wait earlier.
    $untilSecondMs = max(0, ($nextSecond * 1000) - (int) ((hrtime(true) - $began) / 1e6));
    $waitMs = min($untilSecondMs, $ami->nextDeadlineMs() ?? $untilSecondMs);
    $read = [$ami->getStream(), STDIN];
    $write = $except = null;
    stream_select($read, $write, $except, intdiv($waitMs, 1000), ($waitMs % 1000) * 1000);

    $ami->tick();
    if (((hrtime(true) - $began) / 1e9) >= $nextSecond) {
        echo "second {$nextSecond}\n";
        $nextSecond++;
    }
    if (!in_array(STDIN, $read, strict: true)) {
        continue;
    }
    $line = fgets(STDIN);
    if ($line === false || trim($line) === 'quit') {
        break;
    }
    $ami->send(new GenericAction(trim($line)))->onComplete(static function (
        ?Throwable $error,
        ?Response $response,
    ): void {
        echo 'answer ', $error?->getMessage() ?? $response?->get('Response'), "\n";
    });
}
$ami->terminate();
