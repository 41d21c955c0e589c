--TEST--
A warning that a handler turns into an exception is thrown when the tick is over
--EXTENSIONS--
ami_client
--FILE--
<?php
require __DIR__ . '/fake.inc';

use Apn\AmiClient\AmiClientManager;

set_error_handler(fn(int $level, string $message) => throw new ErrorException($message, 0, $level));
$fake = new Fake();
$ami = new AmiClientManager($fake->servers());
$ami->connectAll(wait: 20.0);
$ami->onEvent('UserEvent', fn() => throw new DomainException('broken'));
$ami->onEvent('UserEvent', function ($event) use (&$seen): void {
    $seen[] = $event['UserEvent'];
});
$ami->send(user_event('one'));
$ami->send(user_event('two'));
for ($thrown = 0; count($seen ?? []) < 2;) {
    try {
        $ami->tick(100);
    } catch (ErrorException $e) {
        $thrown++;
    }
}
var_dump($thrown > 0, $seen, str_contains($e->getMessage(), 'DomainException'), $e->getLine() > 0);
?>

--EXPECT--
bool(true)
array(2) {
  [0]=>
  string(3) "one"
  [1]=>
  string(3) "two"
}
bool(true)
bool(true)
