--TEST--
originate(): from an Originate to the call's outcome
--EXTENSIONS--
ami_client
--FILE--
<?php
use Apn\AmiClient\GenericAction;
use Apn\AmiClient\Live\Outcome;
use Apn\AmiClient\Testing\FakeAsterisk;

require __DIR__ . '/live.inc';

$fake = new FakeAsterisk();
$phones = new Phones($fake);
$fake->respond('Originate', ['Message' => 'Originate successfully queued']);
$ami = $fake->manager();
$ami->connectAll(wait: 5.0);
$live = $ami->live();
$live->await(5.0);
$originate = new GenericAction('originate', ['Channel' => 'PJSIP/alice', 'Application' => 'Wait', 'ChannelId' => 'mine', 'async' => false]);

$call = $live->originate($originate);
var_dump($call->channelId, $call->serverKey, $call->call());
$sent = $fake->sent()[0][1]->getParameters();
var_dump($sent['Async'], $sent['ChannelId'], $sent['Application'], count($sent));
$id = $phones->channel('PJSIP/alice', '201', id: 'mine');
$phones->emit('DialBegin', $phones->dialled($id));
$fake->advance(0.1);
var_dump($call->call()->id);
$phones->state($id, 5);
$fake->advance(4.0);
$phones->dialEnd($id, 'ANSWER');
var_dump($call->answered(5.0)->ringSeconds());
try {
    $call->ended(3.0);
} catch (Apn\AmiClient\Exception\AwaitTimeoutException $e) {
    echo $e->getMessage(), ' ', $e->serverKey, ' ', strlen($e->actionId), "\n";
}
$phones->hangUp($id);
$end = $call->ended();
var_dump($end->outcome(), $end->cause(), $end->ringSeconds(), $end->talkSeconds(), $call->call() == $end);

$call = $live->originate(new GenericAction('Originate', ['Channel' => 'PJSIP/bob', 'Application' => 'Wait']));
echo preg_match('/^\d{10}\.[0-9a-f]{16}$/', $call->channelId), "\n";
$id = $phones->channel('PJSIP/bob', '202', id: $call->channelId);
$phones->emit('DialBegin', $phones->dialled($id));
$phones->dialEnd($id, 'BUSY');
$phones->hangUp($id, 17);
$end = $call->ended(10.0);
var_dump($end->outcome(), $end->cause(), $end->ringSeconds(), $end->talkSeconds(), $call->answered(1.0)->isAnswered());

try {
    $live->originate(new GenericAction('Ping'));
} catch (Apn\AmiClient\Exception\InvalidActionException $e) {
    echo $e->getMessage(), "\n";
}
?>
--EXPECT--
string(4) "mine"
string(4) "pbx1"
NULL
string(4) "true"
string(4) "mine"
string(4) "Wait"
int(4)
string(4) "mine"
float(4)
the call of channel `mine` on `pbx1` is not ended after 3.000 s: it goes on pbx1 27
enum(Apn\AmiClient\Live\Outcome::Answered)
int(16)
float(4)
float(3)
bool(true)
1
enum(Apn\AmiClient\Live\Outcome::Busy)
int(17)
float(0)
float(0)
bool(false)
action `Ping` is invalid: only an Originate makes a call
