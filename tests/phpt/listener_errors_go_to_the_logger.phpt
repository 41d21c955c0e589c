--TEST--
With a logger what a listener threw is an error record, and no warning
--EXTENSIONS--
ami_client
--FILE--
<?php
require __DIR__ . '/fake.inc';

use Apn\AmiClient\AmiClientManager;

set_error_handler(fn() => print("warning\n"));
$fake = new Fake();
$ami = new AmiClientManager($fake->servers(), logger: $logger = new MemoryLogger());
$ami->connectAll(wait: 20.0);
$ami->onEvent('UserEvent', function (): void {
    throw new DomainException('broken');
});
$ami->onEvent('UserEvent', fn() => $ami->stop());
$ami->send(user_event('one'));
$ami->run();
foreach ($logger->records as [$level, $message, $context]) {
    if (isset($context['exception'])) {
        echo $level, ': ', $message, ' ', $context['exception']::class, ' ', $context['server_key'], ' ', $context['event'], "\n";
    }
}
?>

--EXPECT--
error: AMI listener failed DomainException pbx1 UserEvent
