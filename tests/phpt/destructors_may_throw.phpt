--TEST--
What a destructor throws when a listener goes is contained like what the listener throws
--EXTENSIONS--
ami_client
--FILE--
<?php
require __DIR__ . '/fake.inc';

use Apn\AmiClient\{AmiClientManager, AmiEvent};

set_error_handler(function (int $level, string $message): bool {
    echo 'warning: ', preg_replace('~(AMI listener).* in /.*~', '$1', $message), "\n";
    return true;
});
final class Guarded
{
    public function __destruct()
    {
        throw new DomainException('from the destructor');
    }
}
$fake = new Fake();
$ami = new AmiClientManager($fake->servers());
$ami->connectAll(wait: 20.0);
$listen = function (Guarded $guarded) use ($ami): void {
    $subscription = $ami->onEvent('UserEvent', function () use ($guarded, &$subscription): void {
        $subscription->cancel();
        echo "cancelled itself\n";
    });
};
$listen(new Guarded());
$ami->onEvent('UserEvent', fn(): Guarded => new Guarded());
$ami->onEvent('UserEvent', function (AmiEvent $event) use ($ami): void {
    echo 'still called: ', $event['UserEvent'], "\n";
    $ami->stop();
});
$ami->send(user_event('one'));
$ami->run();
?>

--EXPECT--
cancelled itself
warning: Apn\AmiClient\AmiClientManager::run(): Uncaught DomainException in AMI listener
warning: Apn\AmiClient\AmiClientManager::run(): Uncaught DomainException in AMI listener
still called: one
