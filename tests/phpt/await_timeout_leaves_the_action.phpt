--TEST--
await() with a timeout throws AwaitTimeoutException and leaves the action on its way
--EXTENSIONS--
ami_client
--FILE--
<?php
require __DIR__ . '/fake.inc';

use Apn\AmiClient\AmiClientManager;
use Apn\AmiClient\Exception\{ActionErrorResponseException, AwaitTimeoutException};

$fake = new Fake();
$ami = new AmiClientManager($fake->servers());
$ami->connectAll(wait: 20.0);
$pending = $ami->send(ringing(0.3));
try {
    $pending->await(0.05);
} catch (AwaitTimeoutException $e) {
    echo $e->getMessage(), "\n";
    var_dump($e->serverKey, $e->actionId === $pending->actionId, $e->isRetrySafe(), $e->getLine());
}
var_dump($pending->isFinished(), $pending->getResponse(), $pending->getException());
try {
    $pending->await(5.0);
} catch (ActionErrorResponseException $e) {
    echo $e->response->getMessage(), "\n";
}
var_dump($pending->isFinished());
foreach ([-1.0, NAN] as $wrong) {
    try {
        $pending->await($wrong);
    } catch (ValueError $error) {
        echo $error->getMessage(), "\n";
    }
}
foreach ([INF, 0.0, null] as $timeout) {
    try {
        $pending->await($timeout);
    } catch (ActionErrorResponseException $again) {
        var_dump($again === $e);
    }
}
?>

--EXPECT--
action `Originate` to `pbx1` has not ended after 0.050 s: it lives on
string(4) "pbx1"
bool(true)
bool(false)
int(12)
bool(false)
NULL
NULL
Originate failed
bool(true)
await(): Argument #1 ($timeout) must be a number of seconds, 0 or more
await(): Argument #1 ($timeout) must be a number of seconds, 0 or more
bool(true)
bool(true)
bool(true)
