--TEST--
await() ticks until calls and queues are known on every Ready server: listed, or refused for good
--EXTENSIONS--
ami_client
--FILE--
<?php
use Apn\AmiClient\Live\{Kind, LiveOptions, Model};
use Apn\AmiClient\Testing\FakeAsterisk;

const REFUSED = ['Response' => 'Error', 'Message' => 'Invalid/unknown command: QueueStatus.'];

function live(FakeAsterisk $fake, Kind ...$kinds): Model
{
    $ami = $fake->manager();
    $ami->connectAll(wait: 5.0);

    return $ami->live(new LiveOptions(kinds: $kinds));
}

function states(Model $live, string ...$servers): string
{
    return implode(', ', array_map(fn(?string $server) => "{$live->state($server)->value} calls, {$live->state($server, Kind::Queues)->value} queues", $servers ?: [null]));
}

// Asterisk may still load app_queue.so, so the list is asked for four times.
$live = live((new FakeAsterisk())->respond('QueueStatus', REFUSED), Kind::Queues);
var_dump($live->await(5.0));
echo states($live), "\n";
var_dump($live->await(60.0));
echo states($live), "\n";
var_dump($live->await(0.0));

// It is asked for again later.
$fake = (new FakeAsterisk())->respond('QueueStatus', REFUSED);
$fake->queue('pbx1', 'support');
$live = live($fake, Kind::Queues);
$live->await(60.0);
$fake->respond('QueueStatus', ['events' => [['Event' => 'QueueParams', 'Queue' => 'support']]])->advance(60.0);
var_dump($live->await(0.0));
echo states($live), "\n";

// One that is never answered.
$live = live((new FakeAsterisk())->ignore('QueueStatus'), Kind::Queues);
var_dump($live->await(60.0));
echo states($live), "\n";
var_dump($live->await(600.0));
echo states($live), "\n";

// Of two servers, one refuses.
$live = live((new FakeAsterisk(['pbx1', 'pbx2']))->respond('QueueStatus', REFUSED, 'pbx2'), Kind::Queues);
var_dump($live->await(5.0));
echo states($live, 'pbx1', 'pbx2'), "\n";
var_dump($live->await(60.0));
echo states($live, 'pbx1', 'pbx2'), "\n";

// Who keeps no queues does not wait for them.
$live = live((new FakeAsterisk())->respond('QueueStatus', REFUSED));
var_dump($live->await(1.0));
echo states($live), "\n";
?>
--EXPECT--
bool(false)
current calls, syncing queues
bool(true)
current calls, denied queues
bool(true)
bool(true)
current calls, current queues
bool(false)
current calls, syncing queues
bool(true)
current calls, denied queues
bool(false)
current calls, current queues, current calls, syncing queues
bool(true)
current calls, current queues, current calls, denied queues
bool(true)
current calls, stale queues
