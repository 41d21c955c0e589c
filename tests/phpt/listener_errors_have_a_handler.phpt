--TEST--
onListenerError() gets what a listener threw, with its event; what it throws itself is contained
--EXTENSIONS--
ami_client
--FILE--
<?php
require __DIR__ . '/fake.inc';

use Apn\AmiClient\{AmiClientManager, Message};

set_error_handler(function (int $level, string $message): bool {
    echo 'warning: ', preg_replace('~ in /.*~', '', str_replace(__DIR__, '', $message)), "\n";
    return true;
});
$failures = fn(AmiClientManager $ami): int => array_sum(array_column($ami->metrics()['ami_listener_failures_total']['values'], 'value'));
$fake = new Fake();
$ami = new AmiClientManager($fake->servers());
$ami->connectAll(wait: 20.0);
$handler = $ami->onListenerError(function (Throwable $error, ?Message $message): void {
    echo get_debug_type($error), ' ', $error->getMessage(), ' ', $message['UserEvent'] ?? 'no message', "\n";
});
$ami->onEvent('UserEvent', fn() => throw new DomainException('broken'));
$ami->send(user_event('one'))->onComplete(fn() => throw new LogicException('callback'))->await();
$ami->run(until: fn(): bool => $failures($ami) === 1);
$handler->cancel();
$ami->onListenerError(fn() => throw new RangeException('handler'));
$ami->send(user_event('two'))->await();
$ami->run(until: fn(): bool => $failures($ami) === 2);
?>

--EXPECT--
LogicException callback no message
DomainException broken one
warning: Apn\AmiClient\PendingAction::await(): Uncaught DomainException in AMI listener {closure:listener_errors_have_a_handler.php:17}: broken
warning: Apn\AmiClient\PendingAction::await(): Uncaught RangeException in AMI listener {closure:listener_errors_have_a_handler.php:21}: handler
