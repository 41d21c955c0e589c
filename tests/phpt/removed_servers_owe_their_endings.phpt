--TEST--
removeServer() ends what is pending there, and its endings are still delivered
--EXTENSIONS--
ami_client
--FILE--
<?php
require __DIR__ . '/fake.inc';

use Apn\AmiClient\AmiClientManager;

$fake = new Fake(2);
$ami = new AmiClientManager($fake->servers());
$ami->connectAll(wait: 20.0);
$client = $ami->server('pbx1');
$subscription = $client->onEvent('*', fn() => null);
$pending = $client->send(ringing(30.0));
$pending->onComplete(fn(?Throwable $error) => print($error::class . ' ' . $error->serverKey . "\n"));
$ami->tick();
$ami->removeServer('pbx1', 0.0);
while (!$pending->isFinished()) {
    $ami->tick(100);
}
var_dump($pending->getServerKey(), $client->serverKey, $client->isReady(), $ami->serverKeys(), $subscription->isActive());
$ami->addServer($fake->servers()[0])->open(wait: 20.0);
var_dump($ami->serverKeys(), $ami->server('pbx1')->isReady(), $client->isReady());
?>

--EXPECT--
Apn\AmiClient\Exception\OutcomeUnknownException pbx1
string(4) "pbx1"
string(4) "pbx1"
bool(false)
array(1) {
  [0]=>
  string(4) "pbx2"
}
bool(true)
array(2) {
  [0]=>
  string(4) "pbx2"
  [1]=>
  string(4) "pbx1"
}
bool(true)
bool(false)
