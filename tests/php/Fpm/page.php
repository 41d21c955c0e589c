<?php

// The page of RequestShutdownTest: makes a manager with its stall guard, and ends the request in one of several ways.

declare(strict_types=1);

use Apn\AmiClient\AmiClientManager;
use Apn\AmiClient\ServerConfig;

require dirname(__DIR__, 2) . '/phpt/guards.inc';

ini_set('display_errors', '0');
$end = (string) filter_input(INPUT_GET, 'end');
echo getmypid(), ' ';

$ami = new AmiClientManager([new ServerConfig(
    key: 'pbx1',
    host: '127.0.0.1',
    port: (int) getenv('AMI_PORT'),
    username: 'admin',
    secret: 's3cret',
)]);
try {
    $ami->connectAll(wait: 10.0);
    echo pings($ami) ? 'pong ' : 'no pong ';
} catch (Throwable $error) {
    exit($error::class . ": {$error->getMessage()}");
}

$isFirst = true;
$ami->onEvent('*', static function () use ($ami, $end, &$isFirst): void {
    if (!$isFirst) {
        return;
    }
    $isFirst = false;
    // From here on the guard reads.
    stay_away($ami);
    match ($end) {
        'exit in a listener' => exit('exits'),
        // The functions are defined already.
        'fatal error in a listener' => require __FILE__,
        'time limit in a listener' => set_time_limit(1) && spin(),
        'finished before its end' => fastcgi_finish_request(),
        default => null,
    };
    $ami->stop();
});
$ami->run();

match ($end) {
    'return' => null,
    'exception' => throw new DomainException('nobody catches it'),
    'terminate' => $ami->terminate(),
    'two managers in a cycle' => cycle($ami),
    default => null,
};

function spin(): never
{
    while (true);
}

function cycle(AmiClientManager $ami): void
{
    $other = new AmiClientManager();
    $other->onStateChange(static fn() => $ami);
    $ami->onStateChange(static fn() => $other);
}
