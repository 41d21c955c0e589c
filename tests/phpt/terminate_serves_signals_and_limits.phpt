--TEST--
terminate() waits as close() does: signals and max_execution_time have their say, and a second one may cut it short
--EXTENSIONS--
ami_client
pcntl
posix
--FILE--
<?php
require __DIR__ . '/fake.inc';

use Apn\AmiClient\{AmiClientManager, ClientOptions};

$fake = new Fake();
$ready = function () use ($fake): AmiClientManager {
    $ami = new AmiClientManager($fake->servers(new ClientOptions(readTimeout: 60.0, heartbeatInterval: 50.0)));
    $ami->connectAll(wait: 20.0);
    // The server is silent, and answers no Logoff.
    $ami->send(ringing(40.0))->onComplete(fn(?Throwable $error) => print($error::class . "\n"));
    $ami->tick();

    return $ami;
};
pcntl_async_signals(true);

// A handler that throws ends the wait.
pcntl_signal(SIGALRM, fn() => throw new DomainException('out of terminate'));
$ami = $ready();
pcntl_alarm(1);
try {
    $ami->terminate(30.0);
    echo "not ended\n";
} catch (DomainException $e) {
    echo $e->getMessage(), "\n";
}
$ami->terminate(0.0);

// One that returns has run before the wait is over.
pcntl_signal(SIGALRM, function (): void {
    echo "alarm\n";
    pcntl_signal(SIGALRM, fn() => throw new DomainException('the second alarm'));
    pcntl_alarm(1);
});
$ami = $ready();
pcntl_alarm(1);
try {
    $ami->terminate(30.0);
    echo "not ended\n";
} catch (DomainException $e) {
    echo $e->getMessage(), "\n";
}
$ami->terminate(0.0);

$ami = $ready();
register_shutdown_function(fn() => $ami->terminate(0.0));
set_time_limit(1);
// A PHP without threads counts the time that it computes: the wait is none, and the signal comes from here.
pcntl_signal(SIGALRM, fn() => PHP_ZTS || posix_kill(getmypid(), SIGPROF));
pcntl_alarm(1);
$ami->terminate(30.0);
echo "not ended\n";
?>

--EXPECTF--
out of terminate
Apn\AmiClient\Exception\OutcomeUnknownException
alarm
the second alarm
Apn\AmiClient\Exception\OutcomeUnknownException

Fatal error: Maximum execution time of 1 second exceeded in %s on line %d
Apn\AmiClient\Exception\OutcomeUnknownException
