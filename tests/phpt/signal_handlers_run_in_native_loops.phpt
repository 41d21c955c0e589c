--TEST--
Signal handlers of the user run during run() and await(); what they throw comes out
--EXTENSIONS--
ami_client
pcntl
--FILE--
<?php
require __DIR__ . '/fake.inc';

use Apn\AmiClient\AmiClientManager;

$fake = new Fake();
$ami = new AmiClientManager($fake->servers());
$ami->connectAll(wait: 20.0);
pcntl_async_signals(true);
pcntl_signal(SIGALRM, function () use ($ami): void {
    echo "alarm\n";
    $ami->stop();
});
pcntl_alarm(1);
$ami->run();
pcntl_signal(SIGALRM, fn() => throw new DomainException('out of await'));
pcntl_alarm(1);
try {
    $ami->send(ringing(20.0))->await();
} catch (DomainException $e) {
    echo $e->getMessage(), "\n";
}
?>

--EXPECT--
alarm
out of await
