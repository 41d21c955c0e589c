--TEST--
await() with a timeout throws AwaitTimeoutException and leaves the action on its way
--EXTENSIONS--
ami_client
--FILE--
<?php
require __DIR__ . '/fake.inc';

use Apn\AmiClient\Exception\AwaitTimeoutException;
use Apn\AmiClient\{AmiClientManager, GenericAction};

$fake = new Fake();
$ami = new AmiClientManager($fake->servers());
$ami->connectAll(wait: 5.0);
$pending = $ami->send(new GenericAction('WaitEvent', ['Timeout' => 1]));
try {
    $pending->await(0.05);
} catch (AwaitTimeoutException $e) {
    echo $e->getMessage(), "\n";
    var_dump($e->serverKey, $e->actionId === $pending->actionId, $e->isRetrySafe(), $e->getLine());
}
var_dump($pending->isFinished(), $pending->getResponse(), $pending->getException());
var_dump($pending->await(5.0)->success, $pending->isFinished());
foreach ([-1.0, NAN] as $wrong) {
    try {
        $pending->await($wrong);
    } catch (ValueError $e) {
        echo $e->getMessage(), "\n";
    }
}
var_dump($pending->await(INF) === $pending->await(0.0));
?>

--EXPECT--
action `WaitEvent` to `pbx1` has not ended after 0.050 s: it lives on
string(4) "pbx1"
bool(true)
bool(false)
int(12)
bool(false)
NULL
NULL
bool(true)
bool(true)
await(): Argument #1 ($timeout) must be a number of seconds, 0 or more
await(): Argument #1 ($timeout) must be a number of seconds, 0 or more
bool(true)
