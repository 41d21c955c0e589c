<?php

/**
 * A worker for a supervisor: it says that it is ready and alive, and writes a file that health.php and a monitoring system read.
 *
 * usage: AMI_DSN=ami://dialer:secret@10.0.0.5 php examples/worker/worker.php /run/ami-worker/health.json
 *
 * Under systemd (Type=notify, WatchdogSec=30) it answers the watchdog; ami-worker.service lies beside it.
 */

declare(strict_types=1);

use Apn\AmiClient\AmiClientManager;
use Apn\AmiClient\AmiEvent;
use Apn\AmiClient\Dsn;
use Apn\AmiClient\Events\EventName;
use Apn\AmiClient\Timers;

require __DIR__ . '/../../php/autoload.php';

/** Tells systemd; says nothing where nobody listens. */
function notify(string $state): void
{
    $address = getenv('NOTIFY_SOCKET');
    if ($address === false || $address === '') {
        return;
    }
    // "@" stands for the NUL of an abstract address.
    $socket = @stream_socket_client('udg://' . preg_replace('/^@/', "\0", $address));
    if ($socket !== false) {
        fwrite($socket, $state);
        fclose($socket);
    }
}

/** Writes the file whole or not at all, so that nobody reads half of it. */
function report(string $file, AmiClientManager $ami): void
{
    $report = json_encode(['at' => time(), 'servers' => $ami->health()], JSON_THROW_ON_ERROR);
    file_put_contents("{$file}.new", $report);
    rename("{$file}.new", $file);
    notify('WATCHDOG=1');
}

$file = $argv[1] ?? throw new RuntimeException('usage: worker.php HEALTH_FILE');
$dsn = getenv('AMI_DSN') ?: throw new RuntimeException('set AMI_DSN, such as ami://dialer:secret@10.0.0.5');
$ami = new AmiClientManager([Dsn::server('pbx1', $dsn)]);
$ami->onEvent(EventName::Hangup, static function (AmiEvent $event): void {
    // Your work. What takes longer than a moment belongs into a queue.
});
$ami->registerSignalHandlers();
// The report comes out of the worker's own loop: a listener that hangs makes it old, which is what a supervisor has to see.
$timers = new Timers();
$timers->every(5.0, static fn() => report($file, $ami));
report($file, $ami);
notify('READY=1');
$ami->run(until: $timers);
notify('STOPPING=1');
$ami->terminate(grace: 2.0);
unlink($file);
