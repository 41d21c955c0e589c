--TEST--
await() inside a listener does I/O until its action ends and dispatches nothing else
--EXTENSIONS--
ami_client
--FILE--
<?php
require __DIR__ . '/fake.inc';

use Apn\AmiClient\{AmiClientManager, AmiEvent, GenericAction};

$fake = new Fake();
$ami = new AmiClientManager($fake->servers());
$ami->connectAll(wait: 20.0);
$depth = 0;
$pending = null;
$ami->onEvent('UserEvent', function (AmiEvent $event) use ($ami, &$depth, &$pending): void {
    echo str_repeat('  ', $depth), $event['UserEvent'], " begins\n";
    $depth++;
    if ($event['UserEvent'] === 'first') {
        $ami->send(user_event('second'))->await();
        $pending = $ami->send(new GenericAction('Ping'));
        echo '  awaited: ', $pending->await()['ping'], "\n";
        // Its turn among the events has not come yet.
        var_dump($pending->isFinished(), $pending->getResponse());
    } else {
        $ami->stop();
    }
    $depth--;
    echo str_repeat('  ', $depth), $event['UserEvent'], " ends\n";
});
$ami->send(user_event('first'));
$ami->run();
$ami->tick();
var_dump($pending->isFinished(), $pending->getResponse()['ping'], $pending->await() === $pending->getResponse());
?>

--EXPECT--
first begins
  awaited: Pong
bool(false)
NULL
first ends
second begins
second ends
bool(true)
string(4) "Pong"
bool(true)
