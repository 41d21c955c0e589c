--TEST--
Live\Queue, QueueMember, QueueCaller: what they say, also of what is gone; onQueue() tells what happened, and a call knows its queue
--EXTENSIONS--
ami_client
--FILE--
<?php
use Apn\AmiClient\Exception\LiveUnavailableException;
use Apn\AmiClient\Live\{Call, DeviceState, Edge, Kind, LiveOptions, Queue, QueueChange, State};
use Apn\AmiClient\Testing\FakeAsterisk;

function refused(callable $do): void
{
    try {
        $do();
        echo "nothing was refused\n";
    } catch (Throwable $e) {
        echo get_class($e), ': ', $e->getMessage(), "\n";
    }
}

$fake = new FakeAsterisk(['pbx1', 'pbx2']);
$support = $fake->queue('pbx1', 'support', ['alice', 'SIP/bob']);
$ami = $fake->manager();
$ami->connectAll(wait: 5.0);
$live = $ami->live(new LiveOptions(kinds: [Kind::Queues]));
var_dump($live->await(5.0), $live->state(kind: Kind::Queues), count($live->queues('pbx1')), $live->queue('nosuch'));

$told = [];
$live->onQueue(function (Queue $queue, array $changes) use (&$told): void {
    $told[] = "{$queue->name}: " . implode('+', array_map(fn(QueueChange $change) => $change->value, $changes));
});
$live->onQueue(fn() => print("never\n"), 'sales');
$outcomes = [];
$live->onCall(function (Call $call) use (&$outcomes): void {
    $outcomes[] = [$call->outcome()?->value, $call->queue(), (int) $call->waitedSeconds(), $call->agent(), $call->agentName()];
}, edges: [Edge::Ended]);

$queue = $live->queue('support');
$first = $support->join('carol', '301', 'Carol');
$second = $support->join('dave');
$fake->advance(10.0);
[$carol, $dave] = $queue->callers();
var_dump($carol->position(), $carol->number, $carol->name, $dave->number, $dave->position(), (int) $dave->waitSeconds(), (int) $queue->longestWaitSeconds());
var_dump($carol->call()->queue(), $carol->channel()->name === $carol->channelName, $carol->isWaiting());

$first->ring('alice');
$fake->advance(2.0);
$alice = $queue->member('PJSIP/alice');
var_dump($alice->state(), $alice->isAvailable(), count($queue->available()));
$first->answer();
$fake->advance(5.0);
var_dump($alice->state(), $alice->call()->caller()->number, $carol->isWaiting(), $carol->position(), (int) $carol->waitSeconds(), $dave->position());
$first->hangup();
$second->hangup();
$fake->advance(1.0);
var_dump($queue->seenJoined(), $queue->seenAnswered(), $queue->seenAbandoned(), $queue->seenLeft(), $queue->callers(), $queue->completed(), $alice->call());
echo json_encode($outcomes), "\n", implode("\n", $told), "\n";
$told = [];

$support->pause('SIP/bob', 'lunch')->add('eve')->penalty('eve', 3)->device('eve', DeviceState::Unavailable);
$fake->advance(1.0);
$eve = $queue->member('PJSIP/eve');
var_dump($queue->member('SIP/bob')->pauseReason(), $eve->isDynamic(), $eve->penalty(), $eve->state());
$support->remove('eve')->unpause('SIP/bob');
$fake->advance(1.0);
var_dump($eve->exists(), $eve->penalty(), $queue->member('SIP/bob')->isPaused(), count($queue->members()));
$support->reload(['alice']);
$fake->advance(90.0);
echo count($queue->members()), ' ', implode(', ', $told), ' ', $queue->completed(), ' ', $queue->abandoned(), "\n";

// Nothing tells of it.
$last = $support->join('frank');
$fake->advance(1.0);
$last->pull('grace');
$fake->advance(1.0);
var_dump(count($queue->callers()), $fake->truth('pbx1')['queues'][0]['callers']);
$last->hangup();

$frozen = $queue->toArray();
unset($frozen['countedAt'], $frozen['members'][0]['lastCallAt']);
echo json_encode($frozen), "\n";
var_dump(json_encode($queue) !== false, isset(json_decode(json_encode($alice), true)['state']), $queue == $live->queue('support'), clone $queue == $queue);
refused(fn() => serialize($queue));
refused(fn() => new ReflectionClass(Queue::class)->newInstance());

$ami->removeServer('pbx1');
var_dump($queue->exists(), $queue->strategy(), $alice->exists(), $alice->name());

$fake = new FakeAsterisk();
$ami = $fake->manager();
$ami->connectAll(wait: 5.0);
$live = $ami->live();
$live->await(5.0);
refused(fn() => $live->queues());
refused(fn() => $live->queue('support', 'pbx1'));
var_dump($live->state(kind: Kind::Queues));

$fake = new FakeAsterisk();
$fake->respond('QueueStatus', ['Response' => 'Error', 'Message' => 'Invalid/unknown command: QueueStatus.']);
$ami = $fake->manager();
$ami->connectAll(wait: 5.0);
$live = $ami->live(LiveOptions::fromArray(['kinds' => ['calls', 'queues'], 'queue_interval' => 5]));
var_dump($live->await(60.0), $live->state(), $live->state(kind: Kind::Queues));
refused(fn() => $live->queues());
refused(fn() => new LiveOptions(kinds: ['queue']));
refused(fn() => new LiveOptions(maxQueues: 0));
refused(fn() => $fake->queue('pbx1', "a\nb"));
refused(fn() => $fake->queue('pbx1', 'q', ['alice'])->join('bob')->answer());
refused(fn() => $fake->queue('pbx1', 'q', ['alice'])->join('bob')->ring('carol'));
?>
--EXPECT--
bool(true)
enum(Apn\AmiClient\Live\State::Current)
int(1)
NULL
int(1)
string(3) "301"
string(5) "Carol"
string(4) "dave"
int(2)
int(10)
int(10)
string(7) "support"
bool(true)
bool(true)
enum(Apn\AmiClient\Live\DeviceState::Ringing)
bool(false)
int(1)
enum(Apn\AmiClient\Live\DeviceState::InUse)
string(3) "301"
bool(false)
NULL
int(12)
int(1)
int(2)
int(1)
int(1)
int(2)
array(0) {
}
int(0)
NULL
[["answered","support",12,"PJSIP\/alice","PJSIP\/alice"],["abandoned","support",17,null,null]]
support: joined
support: members
support: answered+left+members
support: abandoned+left+members
string(5) "lunch"
bool(true)
int(3)
enum(Apn\AmiClient\Live\DeviceState::Unavailable)
bool(false)
int(3)
bool(false)
int(2)
1 support: members, support: members, support: members+counters 1 1
int(0)
array(0) {
}
{"serverKey":"pbx1","name":"support","strategy":"ringall","members":[{"interface":"PJSIP\/alice","name":"PJSIP\/alice","stateInterface":"PJSIP\/alice","state":1,"isAvailable":true,"isPaused":false,"pauseReason":"","penalty":0,"isDynamic":false,"isInCall":false,"callsTaken":1}],"callers":[],"longestWaitSeconds":0,"completed":1,"abandoned":1,"averageHoldSeconds":0,"averageTalkSeconds":0,"serviceLevelSeconds":0,"serviceLevelPercent":0,"seenJoined":3,"seenAnswered":1,"seenAbandoned":1,"seenLeft":3}
bool(true)
bool(true)
bool(true)
bool(true)
Exception: Serialization of 'Apn\AmiClient\Live\Queue' is not allowed
ReflectionException: Access to non-public constructor of class Apn\AmiClient\Live\Queue
bool(false)
string(7) "ringall"
bool(false)
string(11) "PJSIP/alice"
Apn\AmiClient\Exception\LiveUnavailableException: the live model of server `pbx1` keeps no queues: give LiveOptions kinds: [Kind::Queues]
Apn\AmiClient\Exception\LiveUnavailableException: the live model of server `pbx1` keeps no queues: give LiveOptions kinds: [Kind::Queues]
enum(Apn\AmiClient\Live\State::Stale)
bool(true)
enum(Apn\AmiClient\Live\State::Current)
enum(Apn\AmiClient\Live\State::Denied)
Apn\AmiClient\Exception\LiveUnavailableException: server `pbx1` lists no queues: it does not know QueueStatus (app_queue.so is not loaded)
Apn\AmiClient\Exception\InvalidConfigurationException: kinds is an array of something else, must be a list of Apn\AmiClient\Live\Kind, or of calls and queues
Apn\AmiClient\Exception\InvalidConfigurationException: maxQueues is 0, must be 1 to 100000
ValueError: queue(): Argument #2 ($name) must be UTF-8 without control characters
LogicException: answer(): no member rings for the caller
LogicException: ring(): it is no member of the queue
