--TEST--
cancel() ends an action with ActionCancelledException, and is false when it had ended
--EXTENSIONS--
ami_client
--FILE--
<?php
require __DIR__ . '/fake.inc';

use Apn\AmiClient\Exception\ActionCancelledException;
use Apn\AmiClient\AmiClientManager;

$fake = new Fake();
$ami = new AmiClientManager($fake->servers());
$ami->connectAll(wait: 20.0);
$pending = $ami->send(ringing(5.0));
$pending->onComplete(fn(?Throwable $error) => print($error::class . "\n"));
var_dump($pending->cancel(), $pending->isFinished(), $pending->cancel());
$ami->tick();
var_dump($pending->isFinished());
try {
    $pending->await();
} catch (ActionCancelledException $e) {
    echo $e->getMessage(), ' ', var_export($e->isRetrySafe(), true), "\n";
}
?>

--EXPECT--
bool(true)
bool(false)
bool(false)
Apn\AmiClient\Exception\ActionCancelledException
bool(true)
action `Originate` to `pbx1` was cancelled: it may have run false
