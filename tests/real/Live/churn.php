<?php

// usage: churn.php SEED CALLS_A_SECOND SECONDS PORT...: makes calls of every kind on the servers at these ports, and sends
// actions that move, join, park and end them. Prints the numbers of calls and actions.

declare(strict_types=1);

use Apn\AmiClient\AmiClientManager;
use Apn\AmiClient\ClientOptions;
use Apn\AmiClient\ServerConfig;
use Apn\AmiClient\Tests\Real\Live\Churn;
use Apn\AmiClient\Tests\Real\Server\Asterisk;
use Random\Engine\Mt19937;
use Random\Randomizer;

require dirname(__DIR__, 3) . '/tools/phpunit.d/bootstrap.php';

[, $seed, $rate, $seconds] = array_map(intval(...), $argv);
$options = new ClientOptions(
    maxPendingActions: 5_000,
    actionTimeout: 60.0,
    reconnectMinDelay: 0.1,
    reconnectMaxDelay: 0.5,
    circuitFailureThreshold: 1_000,
);
$servers = [];
foreach (\array_slice($argv, 4) as $port) {
    $servers[] = new ServerConfig(
        $port,
        '127.0.0.1',
        (int) $port,
        'admin',
        Asterisk::SECRET,
        $options,
        eventMask: 'call',
    );
}
$ami = new AmiClientManager($servers);
$ami->connectAll(wait: 30.0);
$churns = [];
foreach ($servers as $at => $server) {
    $churns[] = new Churn($ami->server($server->key), new Randomizer(new Mt19937($seed + $at)));
}
$began = microtime(true);
for ($round = 0; ($now = microtime(true) - $began) < $seconds;) {
    for (; $round < ($now * $rate); ++$round) {
        array_map(static fn(Churn $churn) => $churn->call(), $churns);
    }
    $ami->tick(5);
}
$end = microtime(true) + 5.0;
while (microtime(true) < $end && array_any($churns, static fn(Churn $churn): bool => $churn->pending > 0)) {
    $ami->tick(20);
}
foreach ($churns as $at => $churn) {
    echo "{$servers[$at]->key} {$churn->calls} {$churn->actions}\n";
}
