--TEST--
The first script works: connect, send and await, listen, run until stopped
--EXTENSIONS--
ami_client
--FILE--
<?php
require __DIR__ . '/fake.inc';

use Apn\AmiClient\{AmiClientManager, AmiEvent, GenericAction};

$fake = new Fake(2);
$ami = new AmiClientManager($fake->servers());
var_dump($ami->connectAll(wait: 20.0), $ami->serverKeys());
$seen = [];
$ami->onEvent('UserEvent', function (AmiEvent $event) use ($ami, &$seen): void {
    $seen[] = "$event->serverKey $event->name {$event['UserEvent']} $event->session $event->sequence";
    count($seen) === 2 && $ami->stop();
});
$pending = $ami->server('pbx2')->send(user_event('Hello'));
$response = $pending->await();
var_dump($response->success, $response->serverKey, $pending->actionId === $response->getActionId(), $pending->isFinished());
$ami->server('pbx1')->send(user_event('Bye'));
$ami->run();
sort($seen);
echo implode("\n", $seen), "\n";
$list = $ami->send(new GenericAction('CoreShowChannels'))->await();
var_dump($list->getEvents(), $list->getCompleteEvent()->name, $list->partial);
$ami->terminate();
var_dump($ami->server('pbx1')->state());
?>

--EXPECT--
array(0) {
}
array(2) {
  [0]=>
  string(4) "pbx1"
  [1]=>
  string(4) "pbx2"
}
bool(true)
string(4) "pbx2"
bool(true)
bool(true)
pbx1 UserEvent Bye 1 1
pbx2 UserEvent Hello 1 1
array(0) {
}
string(24) "CoreShowChannelsComplete"
bool(false)
enum(Apn\AmiClient\ConnectionState::Disconnected)
