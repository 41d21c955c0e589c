--TEST--
Handles of calls and channels outlive the server and the manager, make no cycles, and stay out of forked children
--EXTENSIONS--
ami_client
pcntl
--FILE--
<?php
use Apn\AmiClient\Live\Outcome;
use Apn\AmiClient\Testing\FakeAsterisk;

require __DIR__ . '/live.inc';

$fake = new FakeAsterisk(['pbx1', 'pbx2']);
$phones = new Phones($fake);
$other = new Phones($fake, 'pbx2');
$ami = $fake->manager();
$ami->connectAll(wait: 5.0);
$live = $ami->live();
$live->await(5.0);
[$alice] = $phones->talk();
[$carol] = $other->talk('301');
$dialled = $other->channel('PJSIP/dora', '303');
$fake->advance(0.1);
[$going, $removed, $early] = [$live->call($alice), $live->call($carol, 'pbx2'), $live->call($dialled, 'pbx2')];
$channel = $live->channel($carol, 'pbx2');
$pending = $live->originate(new Apn\AmiClient\GenericAction('Originate', ['Channel' => 'PJSIP/x', 'Application' => 'Wait', 'ChannelId' => 'x']), 'pbx2');

if (($child = pcntl_fork()) === 0) {
    foreach ([fn() => $going->isOver(), fn() => $live->calls(), fn() => $pending->ended(1.0), fn() => $going->toArray()] as $try) {
        try {
            $try();
        } catch (Throwable $e) {
            echo get_class($e), "\n";
        }
    }
    unset($going, $removed, $early, $channel, $live, $pending, $ami, $fake);
    exit(0);
}
pcntl_waitpid($child, $status);
var_dump($status, $going->isOver());

$told = [];
$live->onCall(function ($call, array $edges) use (&$told): void {
    $told[] = $call->caller()?->number . ' ' . edges($edges) . ' ' . $call->outcome()?->value;
});
$ami->removeServer('pbx2');
$fake->advance(0.1);
sort($told);
echo implode("\n", $told), "\n";
var_dump($removed->outcome(), $early->outcome(), $channel->isAlive(), $channel->number(), $removed->serverKey);
try {
    $pending->ended(5.0);
} catch (Throwable $e) {
    echo get_class($e), "\n";
}

$calls = $live->calls();
foreach ($calls as $one) {
    $phones->hangUp($alice);
    $fake->advance(1.0);
    echo "{$one->id} ", count($calls), "\n";
}
$weak = WeakReference::create($ami);
$live->onCall(function () use ($live, $ami): void {});
unset($ami, $live, $fake, $phones, $other, $pending, $calls);
gc_collect_cycles();
var_dump($weak->get());
var_dump($going->isOver(), $going->outcome(), $removed->caller()->number, $one->toArray()['id']);
try {
    foreach ([$going->mergedInto(), $channel->peers(), $going->parties()] as $nothing) {
        echo json_encode($nothing), "\n";
    }
} catch (Error $e) {
    echo $e->getMessage(), "\n";
}
?>
--EXPECT--
Apn\AmiClient\Exception\ForkedProcessException
Apn\AmiClient\Exception\ForkedProcessException
Apn\AmiClient\Exception\ForkedProcessException
Apn\AmiClient\Exception\ForkedProcessException
int(0)
bool(false)
301 ended answered
303 ended lost
enum(Apn\AmiClient\Live\Outcome::Answered)
enum(Apn\AmiClient\Live\Outcome::Lost)
bool(false)
string(3) "301"
string(4) "pbx2"
Apn\AmiClient\Exception\OutcomeUnknownException
1795420660.1 1
NULL
bool(true)
enum(Apn\AmiClient\Live\Outcome::Answered)
string(3) "301"
string(12) "1795420660.1"
null
[]
[]
