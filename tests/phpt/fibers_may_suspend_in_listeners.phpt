--TEST--
A listener may suspend its fiber: the tick stays open until it comes back
--EXTENSIONS--
ami_client
--FILE--
<?php
require __DIR__ . '/fake.inc';

use Apn\AmiClient\Exception\ReentrantTickException;
use Apn\AmiClient\AmiClientManager;

$fake = new Fake();
$ami = new AmiClientManager($fake->servers());
$ami->connectAll(wait: 20.0);
$ami->onEvent('UserEvent', function ($event) use ($ami): void {
    echo 'listener got ', Fiber::suspend($event['UserEvent']), "\n";
    $ami->stop();
});
$ami->send(user_event('one'));
$fiber = new Fiber(fn() => $ami->run());
echo 'suspended by ', $fiber->start(), "\n";
try {
    $ami->tick();
} catch (ReentrantTickException) {
    echo "the tick is open\n";
}
$fiber->resume('an answer');
var_dump($fiber->isTerminated(), $ami->tick()->more);

// A fiber that is never resumed takes its tick along.
$ami->send(user_event('two'));
$fiber = new Fiber(fn() => $ami->run());
$fiber->start();
unset($fiber);
gc_collect_cycles();
echo get_debug_type($ami->tick()), "\n";
?>

--EXPECT--
suspended by listener got one
the tick is open
an answer
bool(true)
bool(false)
listener got Apn\AmiClient\TickSummary
