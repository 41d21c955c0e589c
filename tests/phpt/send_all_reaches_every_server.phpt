--TEST--
sendAll() sends to every Ready server, or to those named, or to none
--EXTENSIONS--
ami_client
--FILE--
<?php
require __DIR__ . '/fake.inc';

use Apn\AmiClient\Exception\InvalidConnectionStateException;
use Apn\AmiClient\{AmiClientManager, GenericAction};

$fake = new Fake(3);
$ami = new AmiClientManager($fake->servers());
$ami->server('pbx1')->open(wait: 20.0);
$ami->server('pbx3')->open(wait: 20.0);
foreach ($ami->sendAll(new GenericAction('Ping')) as $key => $pending) {
    echo $key, ' ', $pending->serverKey, ' ', $pending->await()['ping'], "\n";
}
echo implode(' ', array_keys($ami->sendAll(new GenericAction('Ping'), ['pbx3']))), "\n";
$before = $ami->health()['pbx1']->pendingActions;
try {
    $ami->sendAll(new GenericAction('Ping'), ['pbx1', 'pbx2']);
} catch (InvalidConnectionStateException $e) {
    echo $e->getMessage(), "\n";
}
var_dump($ami->health()['pbx1']->pendingActions === $before);
try {
    $ami->sendAll(new GenericAction('Ping'), [1]);
} catch (ValueError $e) {
    echo $e->getMessage(), "\n";
}
?>

--EXPECT--
pbx1 pbx1 Pong
pbx3 pbx3 Pong
pbx3
action was not sent: server `pbx2` is disconnected, not ready; open it first: server('pbx2')->open(wait: 5.0), or connectAll(wait: 5.0)
bool(true)
Apn\AmiClient\AmiClientManager::sendAll(): Argument #2 ($servers) must be a list of server keys
