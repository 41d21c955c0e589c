--TEST--
FakeAsterisk: nothing waits: timeouts, heartbeats and reconnects happen as the fake's time moves
--EXTENSIONS--
ami_client
--FILE--
<?php
use Apn\AmiClient\{AmiEvent, ClientOptions, GenericAction};
use Apn\AmiClient\Exception\{ActionTimeoutException, AwaitTimeoutException};
use Apn\AmiClient\Testing\FakeAsterisk;

$began = hrtime(true);
$fake = new FakeAsterisk();
$fake->advance(3600.0)->ignore('Slow');
$ami = $fake->manager(new ClientOptions(actionTimeout: 20.0));
$ami->onEvent('Mark', function (AmiEvent $event) use (&$received): void {
    $received = $event->receivedAt;
});
$mark = function () use ($fake, $ami, &$received): float {
    $fake->emit('pbx1', 'Mark');
    $ami->tick();
    return $received;
};
$ami->connectAll(wait: 5.0);
$start = $mark();
printf("an hour ahead: %s\n", var_export(abs($start - microtime(true) - 3600) < 60, true));

$pending = $ami->send(new GenericAction('Slow'));
foreach ([5.0, null] as $timeout) {
    try {
        $pending->await($timeout);
    } catch (AwaitTimeoutException|ActionTimeoutException $e) {
        printf("%s after %.1f s\n", $e::class, $mark() - $start);
    }
}
$fake->advance(3600.0);
printf("%.1f s, %d sessions, %s\n", $mark() - $start, $ami->server('pbx1')->health()->reconnects + 1, $ami->server('pbx1')->state()->value);
$before = $mark();
$ami->tick(2000);
printf("a tick took at most %s\n", var_export($mark() - $before <= 2.0, true));
$ami->run(function () use ($mark, $before): bool {
    return $mark() - $before > 600.0;
});
printf("in less than 30 s: %s\n", var_export(hrtime(true) - $began < 30e9, true));
try {
    $ami->getStream();
} catch (Error $e) {
    echo $e->getMessage(), "\n";
}
?>
--EXPECT--
an hour ahead: true
Apn\AmiClient\Exception\AwaitTimeoutException after 5.0 s
Apn\AmiClient\Exception\ActionTimeoutException after 20.0 s
3620.0 s, 1 sessions, ready
a tick took at most true
in less than 30 s: true
a FakeAsterisk has nothing to watch: move its time with advance(), or tick()
