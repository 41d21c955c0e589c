--TEST--
onComplete() callbacks run once: for dropped PendingActions, in order, at once when it has ended
--EXTENSIONS--
ami_client
--FILE--
<?php
require __DIR__ . '/fake.inc';

use Apn\AmiClient\Exception\ActionErrorResponseException;
use Apn\AmiClient\{AmiClientManager, GenericAction, Response};

$fake = new Fake();
$ami = new AmiClientManager($fake->servers());
$ami->connectAll(wait: 20.0);
$show = fn(string $label) => function (?Throwable $error, ?Response $response) use ($label): void {
    echo $label, ': ', $error ? $error::class : 'no error', ', ', $response ? $response['response'] : 'no response', "\n";
};
// Nobody keeps this one.
$ami->send(new GenericAction('Ping'))->onComplete($show('dropped'));
$pending = $ami->send(new GenericAction('NoSuchAction'));
var_dump($pending->onComplete($show('one')) === $pending);
$pending->onComplete($show('two'));
try {
    $pending->await();
} catch (ActionErrorResponseException $e) {
    echo $e->getMessage(), "\n";
    var_dump($e === $pending->getException(), $e->response->success, $e->isRetrySafe(), $pending->getResponse());
}
$pending->onComplete($show('at once'));
$pending->onComplete(function (?Throwable $error) use ($pending): void {
    var_dump($error === $pending->getException());
});
$ami->tick();
?>

--EXPECT--
bool(true)
dropped: no error, Success
one: Apn\AmiClient\Exception\ActionErrorResponseException, no response
two: Apn\AmiClient\Exception\ActionErrorResponseException, no response
`pbx1` refused action `NoSuchAction`: Invalid/unknown command: NoSuchAction. Use Action: ListCommands to show available commands.
bool(true)
bool(false)
bool(true)
NULL
at once: Apn\AmiClient\Exception\ActionErrorResponseException, no response
bool(true)
