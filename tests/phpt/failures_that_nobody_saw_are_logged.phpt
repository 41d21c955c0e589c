--TEST--
An action that failed and that nobody looked at is logged; any look is enough
--EXTENSIONS--
ami_client
--FILE--
<?php
require __DIR__ . '/fake.inc';

use Apn\AmiClient\{AmiClientManager, GenericAction};

$fake = new Fake();
$ami = new AmiClientManager($fake->servers(), logger: $logger = new MemoryLogger());
$ami->connectAll(wait: 20.0);
$done = function () use ($ami): void {
    $ami->send(new GenericAction('Ping'))->await();
    $ami->tick();
};
$send = fn(string $name) => $ami->send(new GenericAction($name));

$send('DroppedAtOnce');
$done();
$kept = $send('DroppedLater');
$done();
unset($kept);
$done();

$looked = [$send('Exception'), $send('Response'), $send('Awaited'), $send('Called')];
$looked[3]->onComplete(fn() => null);
$done();
$looked[0]->getException();
$looked[1]->getResponse();
try {
    $looked[2]->await();
} catch (Exception) {
}
$cancelled = $send('Cancelled');
$cancelled->cancel();
$ami->send(new GenericAction('Ping'));
$looked = $cancelled = null;
$done();
foreach ($logger->records as [$level, $message, $context]) {
    if ($context['record'] === 'action_unobserved') {
        echo $level, ': ', $message, ' ', $context['server_key'], ' ', $context['action'], ' ', $context['error'], "\n";
    }
}
?>

--EXPECT--
warning: AMI action failed and nobody looked pbx1 DroppedAtOnce `pbx1` refused action `DroppedAtOnce`: Invalid/unknown command: DroppedAtOnce. Use Action: ListCommands to show available commands.
warning: AMI action failed and nobody looked pbx1 DroppedLater `pbx1` refused action `DroppedLater`: Invalid/unknown command: DroppedLater. Use Action: ListCommands to show available commands.
