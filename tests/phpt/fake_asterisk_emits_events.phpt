--TEST--
FakeAsterisk: emit() sends an event with these headers and no other, in order, to a session that is there
--EXTENSIONS--
ami_client
--FILE--
<?php
use Apn\AmiClient\{AmiEvent, ConnectionState};
use Apn\AmiClient\Testing\FakeAsterisk;

$fake = new FakeAsterisk();
$ami = $fake->manager();
$ami->onEvent('*', function (AmiEvent $event): void {
    echo $event->name, ' ', json_encode($event->getRawHeaders()), "\n";
});
$ami->onStateChange(function (string $server, mixed $from, ConnectionState $to) use ($fake): void {
    $to === ConnectionState::Ready && $fake->emit($server, 'FromAListener');
});
$fake->emit('pbx1', 'Lost');
$ami->connectAll(wait: 5.0);
$fake->emit('pbx1', 'Hangup', ['Cause' => 16, 'Privilege' => 'call,all'])
    ->emit('pbx1', 'UserEvent', ['Tag' => ['a', 'b']]);
var_dump($ami->tick()->eventsDispatched);
?>
--EXPECT--
FromAListener [["Event","FromAListener"]]
Hangup [["Event","Hangup"],["Cause","16"],["Privilege","call,all"]]
UserEvent [["Event","UserEvent"],["Tag","a"],["Tag","b"]]
int(3)
