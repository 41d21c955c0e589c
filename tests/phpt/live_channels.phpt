--TEST--
Channel::call() and bridgeId(): the present call and bridge, also after a merge; once the channel is gone, its call and no bridge
--EXTENSIONS--
ami_client
--FILE--
<?php
use Apn\AmiClient\Testing\FakeAsterisk;

require __DIR__ . '/live.inc';

$fake = new FakeAsterisk(['pbx1', 'pbx2']);
$phones = new Phones($fake);
$other = new Phones($fake, 'pbx2');
$ami = $fake->manager();
$ami->connectAll(wait: 5.0);
$live = $ami->live();
$live->await(5.0);
[$alice, $bob] = $phones->talk();
$carol = $phones->channel('PJSIP/carol', '203');
$dora = $other->channel('PJSIP/dora', '301');
$fake->advance(0.1);

[$first, $second, $elsewhere] = [$live->channel($bob), $live->channel($carol), $live->channel($dora, 'pbx2')];
$call = $live->call($alice);
var_dump($first->call() == $call, $first->bridgeId(), $first->toArray()['bridgeId'], $second->bridgeId(), $second->call()->id === $carol);
var_dump(array_column($call->toArray()['parties'], 'bridgeId'));

$phones->bridge('b-2', $first->uniqueId, $carol);
$fake->advance(0.1);
var_dump($second->bridgeId(), $second->call() == $call, $live->call($carol) == $call);

$phones->hangUp($carol);
$fake->advance(0.1);
var_dump($second->isAlive(), $second->bridgeId(), $second->call() == $call, $call->isOver());
$phones->hangUp($bob);
$phones->hangUp($alice);
$fake->advance(0.1);
var_dump($first->call()->isOver(), $first->call()->id === $call->id, $first->bridgeId(), $first->toArray()['bridgeId']);
var_dump(array_slice(array_keys($first->toArray()), 15));

// A channel of a server that sends no Linkedid is a call by itself.
$phones->emit('Newchannel', ['Channel' => 'PJSIP/old-1', 'ChannelState' => '4', 'Uniqueid' => '1795420661.1']);
$fake->advance(0.1);
var_dump($live->channel('1795420661.1')->call()->id);

var_dump($elsewhere->call()->serverKey, $elsewhere->bridgeId());
$ami->removeServer('pbx2');
$fake->advance(0.1);
var_dump($elsewhere->call(), $elsewhere->bridgeId());
unset($ami, $live, $fake, $phones, $other);
gc_collect_cycles();
var_dump($first->call(), $first->bridgeId());
?>
--EXPECT--
bool(true)
string(14) "b-1795420660.1"
string(14) "b-1795420660.1"
string(0) ""
bool(true)
array(2) {
  [0]=>
  string(14) "b-1795420660.1"
  [1]=>
  string(14) "b-1795420660.1"
}
string(3) "b-2"
bool(true)
bool(true)
bool(false)
string(0) ""
bool(true)
bool(false)
bool(true)
bool(true)
string(0) ""
string(0) ""
array(5) {
  [0]=>
  string(15) "applicationData"
  [1]=>
  string(8) "linkedId"
  [2]=>
  string(8) "bridgeId"
  [3]=>
  string(8) "isOnHold"
  [4]=>
  string(4) "upAt"
}
string(12) "1795420661.1"
string(4) "pbx2"
string(0) ""
NULL
string(0) ""
NULL
string(0) ""
