--TEST--
FakeAsterisk: run() goes slowly once nothing but heartbeats has happened for a day, and a signal still ends it
--EXTENSIONS--
ami_client
pcntl
--FILE--
<?php
use Apn\AmiClient\AmiEvent;
use Apn\AmiClient\Testing\FakeAsterisk;

$fake = new FakeAsterisk();
$ami = $fake->manager();
$times = [];
$ami->onEvent('Mark', function (AmiEvent $event) use (&$times): void {
    $times[] = $event->receivedAt;
});
$ami->connectAll(wait: 5.0);
$fake->emit('pbx1', 'Mark');
pcntl_async_signals(true);
pcntl_signal(SIGALRM, fn() => $ami->stop());
pcntl_alarm(1);
$ami->run();
$fake->emit('pbx1', 'Mark');
$ami->tick();
$hours = ($times[1] - $times[0]) / 3600;
echo $hours < 26 ? 'slow' : "$hours hours", "\n";
?>
--EXPECT--
slow
