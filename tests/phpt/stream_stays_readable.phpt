--TEST--
The stream stays readable while undelivered events wait
--EXTENSIONS--
ami_client
--FILE--
<?php
require __DIR__ . '/fake.inc';

use Apn\AmiClient\{AmiClientManager, ClusterOptions};

$fake = new Fake();
$ami = new AmiClientManager($fake->servers(), cluster: new ClusterOptions(maxEventsPerTick: 1));
$ami->connectAll(wait: 20.0);
$seen = 0;
$ami->onEvent('UserEvent', function () use (&$seen): void {
    $seen++;
});
for ($n = 0; $n < 10; $n++) {
    $ami->send(user_event("event $n"));
}
$stream = $ami->getStream();
while ($seen < 10) {
    $read = [$stream];
    $write = $except = null;
    if (stream_select($read, $write, $except, 5) !== 1) {
        exit('not readable');
    }
    $summary = $ami->tick();
    if ($summary->more && $ami->nextDeadlineMs() !== 0) {
        exit('no deadline');
    }
}
echo "all came\n";
?>

--EXPECT--
all came
