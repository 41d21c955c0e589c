--TEST--
tick() is bounded by maxEventsPerTick, and its summary says what it did and whether more is left
--EXTENSIONS--
ami_client
--FILE--
<?php
require __DIR__ . '/fake.inc';

use Apn\AmiClient\{AmiClientManager, ClusterOptions, GenericAction};

$fake = new Fake();
$ami = new AmiClientManager($fake->servers(), cluster: new ClusterOptions(maxEventsPerTick: 3));
$ami->connectAll(wait: 20.0);
$seen = 0;
$ami->onEvent('UserEvent', function () use (&$seen): void {
    $seen++;
});
foreach (range(1, 10) as $n) {
    $ami->send(user_event("event $n"));
}
$most = $bytes = $events = $actions = 0;
$left = false;
while ($seen < 10) {
    $summary = $ami->tick(1000);
    assert($summary->hasProgress());
    $most = max($most, $summary->eventsDispatched + $summary->actionsCompleted);
    $bytes += $summary->bytesRead;
    $events += $summary->eventsDispatched;
    $actions += $summary->actionsCompleted;
    $left = $left || $summary->more;
}
var_dump($most, $bytes > 500, $events, $actions > 0, $left);
while ($ami->tick(0)->more) {
}
var_dump($ami->tick(0)->hasProgress());
?>

--EXPECT--
int(3)
bool(true)
int(10)
bool(true)
bool(true)
bool(false)
