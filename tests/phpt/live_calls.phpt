--TEST--
live(): calls, channels and who talks to whom, read when they are asked and frozen by toArray()
--EXTENSIONS--
ami_client
--FILE--
<?php
use Apn\AmiClient\Live\{ChannelState, Outcome, State};
use Apn\AmiClient\Testing\FakeAsterisk;

require __DIR__ . '/live.inc';

$fake = new FakeAsterisk();
$phones = new Phones($fake);
$ami = $fake->manager();
$ami->connectAll(wait: 5.0);
$live = $ami->live();
var_dump($live->state(), $live->await(5.0), $live->state('pbx1'), count($live->calls()), $live->isTruncated());

[$alice, $bob] = $phones->talk();
$fake->advance(2.0);
$calls = $live->calls();
echo count($calls), " call\n";
foreach ($calls as $key => $call) {
    foreach ($calls as $same) {
        var_dump($key, $call == $same, $call === $same);
    }
}
echo "{$call->serverKey} {$call->id} from {$call->caller()->number} {$call->caller()->name}, taken by {$call->answeredBy()->device}\n";
var_dump($call->isAnswered(), $call->isOver(), $call->outcome(), $call->talkSeconds(), $call->attempts()[0]->outcome);
echo implode(' ', array_map(fn($channel) => $channel->name, $call->parties())), "\n";

$channel = $live->channel($alice);
var_dump($channel->state() === ChannelState::Ring, $channel->number(), $channel->connectedNumber(), $channel->isAlive());
echo $channel->peers()[0]->device, ' ', $live->talkingTo('PJSIP/bob')[0]->number(), ' ', count($live->talkingTo('203')), "\n";
var_dump($live->call('PJSIP/nobody-1'), $live->channel('x'), count($live->calls(party: '201')), count($live->calls(party: '9')), count($live->calls(answered: false)));
var_dump($live->call($channel->name) == $call, $live->call($bob)->id === $call->id);
$phones->state($alice, 77);
$fake->advance(0.1);
var_dump($channel->state(), $channel->toArray()['state']);

$before = $call->toArray();
$copy = clone $call;
$phones->hangUp($bob);
$phones->hangUp($alice);
$fake->advance(0.1);
var_dump(count($live->calls()), count($calls), $copy == $call);
var_dump($call->outcome() === Outcome::Answered, $call->cause(), $call->isOver(), $call->parties(), $call->caller()->number, $call->answeredBy()->device);
var_dump($channel->isAlive(), $channel->number(), $channel->peers(), $channel->name === $live->call($call->id)->caller()->channel);
var_dump($before['isOver'], $before['caller']['number'], count($before['parties']), $call->toArray()['outcome'], array_keys($before) === array_keys($call->toArray()));
echo json_encode($call->attempts()[0]), "\n";
foreach ([$call, $channel, $live, $calls, $call->caller()] as $object) {
    try {
        serialize($object);
    } catch (Exception $e) {
        echo $e->getMessage(), "\n";
    }
}
?>
--EXPECTF--
enum(Apn\AmiClient\Live\State::Syncing)
bool(true)
enum(Apn\AmiClient\Live\State::Current)
int(0)
bool(false)
1 call
int(0)
bool(true)
bool(false)
pbx1 1795420660.1 from 201 Alice, taken by PJSIP/bob
bool(true)
bool(false)
NULL
float(2)
enum(Apn\AmiClient\Live\Outcome::Answered)
PJSIP/alice-00000002 PJSIP/bob-00000004
bool(true)
string(3) "201"
string(0) ""
bool(true)
PJSIP/bob 201 0
NULL
NULL
int(1)
int(0)
int(0)
bool(true)
bool(true)
NULL
int(77)
int(0)
int(1)
bool(true)
bool(true)
int(16)
bool(true)
array(0) {
}
string(3) "201"
string(9) "PJSIP/bob"
bool(false)
string(3) "201"
array(0) {
}
bool(true)
bool(false)
string(3) "201"
int(2)
string(8) "answered"
bool(true)
{"channel":"PJSIP\/bob-00000004","device":"PJSIP\/bob","since":%f,"outcome":"answered"}
Serialization of 'Apn\AmiClient\Live\Call' is not allowed
Serialization of 'Apn\AmiClient\Live\Channel' is not allowed
Serialization of 'Apn\AmiClient\Live\Model' is not allowed
Serialization of 'Apn\AmiClient\Live\Calls' is not allowed
Serialization of 'Apn\AmiClient\Live\Party' is not allowed
