--TEST--
What a listener throws stops neither other listeners nor other events, and becomes a warning
--EXTENSIONS--
ami_client
--FILE--
<?php
require __DIR__ . '/fake.inc';

use Apn\AmiClient\AmiClientManager;

set_error_handler(function (int $level, string $message): bool {
    echo $level === E_WARNING ? 'warning: ' : 'other: ', str_replace(__DIR__, '', $message), "\n";
    return true;
});
final class Broken
{
    public static function listen(): void
    {
        throw new DomainException('broken');
    }
}
$fake = new Fake();
$ami = new AmiClientManager($fake->servers());
$ami->connectAll(wait: 20.0);
$ami->onEvent('UserEvent', 'Broken::listen');
$ami->onEvent('UserEvent', function (): void {
    throw new Error('worse');
});
$ami->onEvent('UserEvent', function ($event) use ($ami): void {
    echo 'still called: ', $event['UserEvent'], "\n";
    $event['UserEvent'] === 'two' && $ami->stop();
});
$ami->send(user_event('one'));
$ami->send(user_event('two'))->onComplete(fn() => throw new LogicException('callback'));
$ami->run();
$failures = array_column($ami->metrics()['ami_listener_failures_total']['values'], 'value');
sort($failures);
echo implode(' ', $failures), "\n";
?>

--EXPECT--
warning: Apn\AmiClient\AmiClientManager::run(): Uncaught DomainException in AMI listener Broken::listen: broken in /listener_exceptions_are_isolated.php:14
warning: Apn\AmiClient\AmiClientManager::run(): Uncaught Error in AMI listener {closure:listener_exceptions_are_isolated.php:21}: worse in /listener_exceptions_are_isolated.php:22
still called: one
warning: Apn\AmiClient\AmiClientManager::run(): Uncaught LogicException in AMI listener {closure:listener_exceptions_are_isolated.php:29}: callback in /listener_exceptions_are_isolated.php:29
warning: Apn\AmiClient\AmiClientManager::run(): Uncaught DomainException in AMI listener Broken::listen: broken in /listener_exceptions_are_isolated.php:14
warning: Apn\AmiClient\AmiClientManager::run(): Uncaught Error in AMI listener {closure:listener_exceptions_are_isolated.php:21}: worse in /listener_exceptions_are_isolated.php:22
still called: two
0 2 2
