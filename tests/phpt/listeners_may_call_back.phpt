--TEST--
A listener may send, add and cancel listeners; a cancelled one is not called for the same event
--EXTENSIONS--
ami_client
--FILE--
<?php
require __DIR__ . '/fake.inc';

use Apn\AmiClient\{AmiClientManager, AmiEvent};

$fake = new Fake();
$ami = new AmiClientManager($fake->servers());
$ami->connectAll(wait: 20.0);
$second = null;
$first = $ami->onEvent('UserEvent', function (AmiEvent $event) use ($ami, &$first, &$second): void {
    echo 'first: ', $event['UserEvent'], "\n";
    $second->cancel();
    $first->cancel();
    $ami->onEvent('UserEvent', function (AmiEvent $event) use ($ami): void {
        echo 'third: ', $event['UserEvent'], "\n";
        $ami->stop();
    });
    $ami->send(user_event('from a listener'))->onComplete(function ($error, $response): void {
        echo 'sent: ', var_export($response->success, true), "\n";
    });
});
$second = $ami->onEvent('UserEvent', function (): void {
    echo "second must not be called\n";
});
$ami->send(user_event('start'));
$ami->run();
var_dump($first->isActive(), $second->isActive());
$first->cancel();
?>

--EXPECT--
first: start
sent: true
third: from a listener
bool(false)
bool(false)
