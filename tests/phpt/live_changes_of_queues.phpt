--TEST--
changesSince() has the queues that changed or were removed, and none where the model keeps none
--EXTENSIONS--
ami_client
--FILE--
<?php
use Apn\AmiClient\Live\{Changes, Kind, LiveOptions, Queue};
use Apn\AmiClient\Testing\FakeAsterisk;

function told(Changes $changes): string
{
    $queue = fn(Queue $queue) => $queue->name . ($queue->exists() ? '' : ' gone') . ' ' . count($queue->callers());

    return ($changes->isReset ? 'reset ' : '') . implode(', ', array_map($queue, $changes->queues)) . ($changes->hasMore ? ', more' : '');
}

$fake = new FakeAsterisk();
[$support, $sales] = [$fake->queue('pbx1', 'support', ['alice']), $fake->queue('pbx1', 'sales', ['alice'])];
$ami = $fake->manager();
$ami->connectAll(wait: 5.0);
$live = $ami->live(new LiveOptions(kinds: [Kind::Queues]));
$live->await(5.0);
$changes = $live->changesSince(0);
echo told($changes), "|\n";
echo told($live->changesSince($changes->version)), "|\n";

$support->pause('alice', 'lunch');
$sales->penalty('alice', 3);
$fake->advance(0.1);
$part = $live->changesSince($changes->version, max: 1);
$rest = $live->changesSince($part->version, max: 1);
echo told($part), '; ', told($rest), "\n";

$caller = $support->join('carol');
$fake->advance(0.1);
$next = $live->changesSince($rest->version);
echo told($next), '; ', count($next->calls), " call\n";

$fake->respond('QueueStatus', ['events' => [['Event' => 'QueueParams', 'Queue' => 'sales', 'Strategy' => 'ringall']]]);
$live->resync();
$fake->advance(1.0);
$gone = $live->changesSince($next->version);
echo told($gone), "\n";
echo told($live->changesSince($gone->version)), "|\n";

$plain = (new FakeAsterisk())->manager();
$plain->connectAll(wait: 5.0);
$plain->live()->await(5.0);
$first = $plain->live()->changesSince(0);
var_dump($first->queues, $plain->live()->changesSince($first->version)->queues);
?>
--EXPECT--
reset |
|
support 0, more; sales 0
support 1; 1 call
support gone 1, sales 0
|
array(0) {
}
array(0) {
}
