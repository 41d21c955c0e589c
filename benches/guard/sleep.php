<?php

/**
 * A listener sleeps for ten seconds in a flood of a real Asterisk 22, whose writetimeout is the default of 100 ms: with the stall guard
 * and without.
 *
 * usage: tools/php benches/guard/sleep.php
 */

declare(strict_types=1);

use Apn\AmiClient\Actions\Ping;
use Apn\AmiClient\AmiClientManager;
use Apn\AmiClient\AmiEvent;
use Apn\AmiClient\ClientOptions;
use Apn\AmiClient\ClusterOptions;
use Apn\AmiClient\ConnectionState;
use Apn\AmiClient\DisconnectReason;
use Apn\AmiClient\Exception\AmiException;
use Apn\AmiClient\ServerConfig;
use Apn\AmiClient\Tests\Real\Flood;
use Apn\AmiClient\Tests\Real\Server\Asterisk;

require dirname(__DIR__, 2) . '/tools/phpunit.d/bootstrap.php';

const CALLS = 120;

const SLEEP_SECONDS = 10;

$server = Asterisk::shared(22);
foreach ([25, 0] as $stallGuardMs) {
    echo 'stallGuardMs: ', $stallGuardMs, "\n";
    $ami = new AmiClientManager(
        [new ServerConfig('pbx', '127.0.0.1', $server->port(), 'slow', Asterisk::SECRET)],
        new ClientOptions(eventQueueCapacity: 10_000),
        cluster: new ClusterOptions(stallGuardMs: $stallGuardMs),
    );
    $ami->connectAll(wait: 20.0) === [] || exit('not ready');
    $ends = 0;
    $ami->onStateChange(static function (
        string $_,
        ConnectionState $from,
        ConnectionState $to,
        ?DisconnectReason $why,
        string $detail,
    ) use (&$ends): void {
        if ($from === ConnectionState::Ready && $why !== null) {
            ++$ends;
            echo "  the session was lost: {$why->value} ({$detail})\n";
        }
    });
    $events = 0;
    $last = 0;
    $disorder = 0;
    $before = $after = null;
    $ami->onEvent('*', static function (AmiEvent $event) use (
        $ami,
        &$before,
        &$after,
        &$events,
        &$last,
        &$disorder,
    ): void {
        ++$events;
        $disorder += (int) ($event->sequence <= $last);
        $last = $event->sequence;
        if ($before === null && $event->get('UserEvent') === 'Tick') {
            $before = $ami->health()['pbx'];
            sleep(SLEEP_SECONDS);
            $after = $ami->health()['pbx'];
        }
    });
    $operator = new AmiClientManager([
        new ServerConfig('pbx', '127.0.0.1', $server->port(), 'admin', Asterisk::SECRET, eventMask: 'off'),
    ]);
    $operator->connectAll(wait: 20.0);
    Flood::start($operator->default(), CALLS);
    $operator->tick();
    while ($after === null) {
        $ami->tick(100);
    }
    while ($ami->tick(500)->more || $ami->health()['pbx']->queueDepth > 0);
    try {
        $ami->default()->isReady() || $ami->default()->open(wait: 20.0);
        $pong = $ami->send(new Ping())->await(20.0)->success;
    } catch (AmiException) {
        // That the session is lost may show only now.
        $pong = false;
    }
    $read = $after->eventsReceived - $before->eventsReceived;
    printf("  read in the sleep: %d events, %.0f a second\n", $read, $read / SLEEP_SECONDS);
    printf(
        "  waiting at its end: %d events in %d bytes, %d dropped\n",
        $after->queueDepth,
        $after->queueBytes,
        $after->eventsDropped,
    );
    $health = $ami->health()['pbx'];
    printf(
        '  in all: %d delivered, %d out of order, %d dropped, %d sessions lost, ',
        $events,
        $disorder,
        $health->eventsDropped,
        $ends,
    );
    echo $pong ? "pings answered\n" : "no answer to a ping\n";
    $ami->terminate();
    $operator->send(new Apn\AmiClient\GenericAction('Hangup', ['Channel' => '/.*/']))->await(20.0);
    $operator->terminate();
}
