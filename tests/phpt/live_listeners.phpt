--TEST--
onCall() and onState(): in order with events, merged per call, filtered, contained and cancelled as other listeners
--EXTENSIONS--
ami_client
--FILE--
<?php
use Apn\AmiClient\{AmiEvent, Glob};
use Apn\AmiClient\Live\{Call, Edge, State};
use Apn\AmiClient\Testing\FakeAsterisk;

require __DIR__ . '/live.inc';

$fake = new FakeAsterisk(['pbx1', 'pbx2']);
$phones = new Phones($fake);
$other = new Phones($fake, 'pbx2');
$ami = $fake->manager();
$live = $ami->live();
$states = $live->onState(function (string $server, State $state): void {
    echo "{$server} is {$state->value}\n";
});
$ami->connectAll(wait: 5.0);
$live->await(5.0);
$states->cancel();
$fake->dropSession('pbx2');
$fake->advance(10.0);

$ami->onEvent(['Newchannel', 'Hangup'], function (AmiEvent $event): void {
    echo "{$event->serverKey} {$event->name}\n";
});
$all = $live->onCall(function (Call $call, array $edges): void {
    echo "{$call->serverKey} {$call->caller()?->number}: ", edges($edges), "\n";
});
[$alice, $bob] = $phones->talk();
$fake->advance(0.1);
$phones->hangUp($bob);
$phones->hangUp($alice);
$fake->advance(0.1);
$all->cancel();
$live->onCall(fn(Call $call, array $edges) => print("party {$call->caller()->number}: " . edges($edges) . "\n"), ['party' => [new Glob('PJSIP/b*')]], [Edge::Ended]);
$live->onCall(fn(Call $call, array $edges) => print("server: " . edges($edges) . "\n"), ['server' => 'pbx2'], [Edge::Answered, Edge::Started]);
$live->onCall(fn() => print("nobody\n"), ['party' => '555']);
$live->onCall(function (Call $call, array $edges): void {
    throw new LogicException('of ' . $call->serverKey);
}, edges: [Edge::Answered]);
$ami->onListenerError(function (Throwable $e, mixed $event): void {
    echo get_class($e), ' ', $e->getMessage(), ' ', var_export($event, true), "\n";
});
$fake->advance(0.1);
[$alice, $bob] = $phones->talk();
[$carol, $dave] = $other->talk('301', '302');
$phones->hangUp($bob);
$phones->hangUp($alice);
$fake->advance(0.1);

foreach ([[['queue' => 'x'], []], [['party' => []], []], [['party' => 1.5], []], [[], ['ended']]] as [$where, $edges]) {
    try {
        $live->onCall(fn() => null, $where, $edges);
    } catch (ValueError $e) {
        echo $e->getMessage(), "\n";
    }
}
echo array_key_exists('ami_listener_calls_total', $ami->metrics()) ? "counted\n" : '';
?>
--EXPECT--
pbx2 is syncing
pbx1 is syncing
pbx2 is current
pbx1 is current
pbx1 Newchannel
pbx1 201: started
pbx1 Newchannel
pbx1 201: ringing+answered+connected
pbx1 Hangup
pbx1 Hangup
pbx1 201: ended
pbx2 Newchannel
server: started
pbx2 Newchannel
server: answered
LogicException of pbx2 NULL
pbx1 Newchannel
pbx1 Newchannel
pbx1 Hangup
pbx1 Hangup
party 201: ended
LogicException of pbx1 NULL
Apn\AmiClient\Live\Model::onCall(): Argument #2 ($where) has "queue", must be server or party => text, Glob or a list of these
Apn\AmiClient\Live\Model::onCall(): Argument #2 ($where) has "party", must be server or party => text, Glob or a list of these
Apn\AmiClient\Live\Model::onCall(): Argument #2 ($where) has "party", must be server or party => text, Glob or a list of these
Apn\AmiClient\Live\Model::onCall(): Argument #3 ($edges) must be a list of Apn\AmiClient\Live\Edge
counted
