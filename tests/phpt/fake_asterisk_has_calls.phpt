--TEST--
FakeAsterisk: call() lets people ring, answer, hold, transfer, pick up and hang up; events, lists and truth() agree
--EXTENSIONS--
ami_client
--FILE--
<?php
use Apn\AmiClient\{AmiEvent, GenericAction};
use Apn\AmiClient\Testing\FakeAsterisk;

$fake = new FakeAsterisk(['pbx1', 'pbx2']);
$ami = $fake->manager();
$ami->connectAll(wait: 5.0);
$ami->onEvent('*', function (AmiEvent $event): void {
    $channel = $event['Channel'] ?? $event['DestChannel'] ?? $event['TransfererChannel'] ?? $event['OrigTransfererChannel'];
    echo rtrim("{$event->name} $channel " . ($event['DialStatus'] ?? $event['Cause'])), "\n";
});
$tell = function (string $what) use ($fake, $ami): void {
    echo "-- $what\n";
    $ami->tick();
    $truth = $fake->truth('pbx1');
    $listed = [];
    foreach ($ami->send(new GenericAction('CoreShowChannels'), 'pbx1')->await()->getEvents() as $item) {
        $listed[$item['Uniqueid']] = [$item['Channel'], $item['ChannelStateDesc'], $item['Linkedid'], $item['BridgeId'] ?: null];
    }
    $true = [];
    foreach ($truth['channels'] as $c) {
        $true[$c['uniqueid']] = [$c['name'], $c['state'], $c['linkedid'], $c['bridge']];
        echo "   {$c['name']} {$c['state']}, is {$c['number']}, talks to " . ($c['connectedNumber'] ?: '?') . "\n";
    }
    ksort($listed);
    ksort($true);
    var_dump($listed === $true);
    $bridges = $ami->send(new GenericAction('BridgeList'), 'pbx1')->await()->getEvents();
    var_dump(count($bridges) === count($truth['bridges']));
    echo count($truth['bridges']), ' bridges, ', count($truth['calls']), " calls\n";
};

$tell('nothing');
$call = $fake->call('pbx1', from: 'PJSIP/alice', to: 'bob', number: '201', name: 'Alice A.')->ring();
var_dump($call->serverKey, $call->caller, $call->callee(), $call->id === $fake->truth('pbx1')['calls'][0]['id']);
var_dump($fake->truth('pbx1')['channels'][0]['callerName'], $fake->truth('pbx2')['channels']);
$tell('rings');
$call->answer()->hold()->resume();
$tell('talks');
$call->transfer('PJSIP/carol');
$tell('is transferred');
$call->answer();
$second = $fake->call('pbx1', from: 'PJSIP/carol', to: 'PJSIP/dave')->answer();
$ami->tick();
$call->attendedTransfer($second);
$tell('is transferred by one who asked before');
$call->hangup();
$tell('is over');
$fake->call('pbx1', 'alice', 'bob')->ring()->pickUp('eve')->hangup(16);
$fake->call('pbx1', 'alice', 'bob')->hangup(17);
$tell('are over');
?>
--EXPECT--
-- nothing
bool(true)
bool(true)
0 bridges, 0 calls
string(4) "pbx1"
string(20) "PJSIP/alice-00000000"
string(18) "PJSIP/bob-00000001"
bool(true)
string(8) "Alice A."
array(0) {
}
-- rings
Newchannel PJSIP/alice-00000000
Newchannel PJSIP/bob-00000001
NewCallerid PJSIP/bob-00000001
NewConnectedLine PJSIP/bob-00000001
DialBegin PJSIP/alice-00000000
Newstate PJSIP/bob-00000001
DialState PJSIP/bob-00000001 RINGING
   PJSIP/alice-00000000 Ring, is 201, talks to ?
   PJSIP/bob-00000001 Ringing, is bob, talks to 201
bool(true)
bool(true)
0 bridges, 1 calls
-- talks
Newstate PJSIP/bob-00000001
DialEnd PJSIP/alice-00000000 ANSWER
Newstate PJSIP/alice-00000000
BridgeCreate
BridgeEnter PJSIP/bob-00000001
BridgeEnter PJSIP/alice-00000000
Hold PJSIP/bob-00000001
Unhold PJSIP/bob-00000001
   PJSIP/alice-00000000 Up, is 201, talks to ?
   PJSIP/bob-00000001 Up, is bob, talks to 201
bool(true)
bool(true)
1 bridges, 1 calls
-- is transferred
BlindTransfer PJSIP/bob-00000001
BridgeLeave PJSIP/alice-00000000
Newexten PJSIP/alice-00000000
BridgeLeave PJSIP/bob-00000001
BridgeDestroy
Hangup PJSIP/bob-00000001 16
Newchannel PJSIP/carol-00000002
NewCallerid PJSIP/carol-00000002
NewConnectedLine PJSIP/carol-00000002
DialBegin PJSIP/alice-00000000
   PJSIP/alice-00000000 Up, is 201, talks to ?
   PJSIP/carol-00000002 Down, is carol, talks to 201
bool(true)
bool(true)
0 bridges, 1 calls
Newstate PJSIP/carol-00000002
DialEnd PJSIP/alice-00000000 ANSWER
BridgeCreate
BridgeEnter PJSIP/carol-00000002
BridgeEnter PJSIP/alice-00000000
Newchannel PJSIP/carol-00000003
Newchannel PJSIP/dave-00000004
NewCallerid PJSIP/dave-00000004
NewConnectedLine PJSIP/dave-00000004
DialBegin PJSIP/carol-00000003
Newstate PJSIP/dave-00000004
DialEnd PJSIP/carol-00000003 ANSWER
Newstate PJSIP/carol-00000003
BridgeCreate
BridgeEnter PJSIP/dave-00000004
BridgeEnter PJSIP/carol-00000003
-- is transferred by one who asked before
Unhold PJSIP/carol-00000002
Unhold PJSIP/carol-00000003
BridgeLeave PJSIP/alice-00000000
BridgeLeave PJSIP/carol-00000003
BridgeEnter PJSIP/alice-00000000
AttendedTransfer PJSIP/carol-00000002
NewConnectedLine PJSIP/alice-00000000
NewConnectedLine PJSIP/dave-00000004
BridgeLeave PJSIP/carol-00000002
BridgeDestroy
Hangup PJSIP/carol-00000002 16
Hangup PJSIP/carol-00000003 16
   PJSIP/alice-00000000 Up, is 201, talks to dave
   PJSIP/dave-00000004 Up, is dave, talks to 201
bool(true)
bool(true)
1 bridges, 1 calls
-- is over
BridgeLeave PJSIP/dave-00000004
Hangup PJSIP/dave-00000004 16
BridgeLeave PJSIP/alice-00000000
BridgeDestroy
Hangup PJSIP/alice-00000000 16
bool(true)
bool(true)
0 bridges, 0 calls
-- are over
Newchannel PJSIP/alice-00000005
Newchannel PJSIP/bob-00000006
NewCallerid PJSIP/bob-00000006
NewConnectedLine PJSIP/bob-00000006
DialBegin PJSIP/alice-00000005
Newstate PJSIP/bob-00000006
DialState PJSIP/bob-00000006 RINGING
Newchannel PJSIP/eve-00000007
Pickup PJSIP/eve-00000007
DialEnd PJSIP/alice-00000005 ANSWER
Newstate PJSIP/eve-00000007
Newstate PJSIP/alice-00000005
BridgeCreate
BridgeEnter PJSIP/alice-00000005
BridgeEnter PJSIP/eve-00000007
Hangup PJSIP/bob-00000006 26
BridgeLeave PJSIP/eve-00000007
Hangup PJSIP/eve-00000007 16
BridgeLeave PJSIP/alice-00000005
BridgeDestroy
Hangup PJSIP/alice-00000005 16
Newchannel PJSIP/alice-00000008
Newchannel PJSIP/bob-00000009
NewCallerid PJSIP/bob-00000009
NewConnectedLine PJSIP/bob-00000009
DialBegin PJSIP/alice-00000008
DialEnd PJSIP/alice-00000008 BUSY
Hangup PJSIP/bob-00000009 17
Hangup PJSIP/alice-00000008 17
bool(true)
bool(true)
0 bridges, 0 calls
