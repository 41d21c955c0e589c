--TEST--
tick() and run() refuse a call from a listener of the same manager, which stays usable
--EXTENSIONS--
ami_client
--FILE--
<?php
require __DIR__ . '/fake.inc';

use Apn\AmiClient\Exception\ReentrantTickException;
use Apn\AmiClient\{AmiClientManager, GenericAction};

$fake = new Fake();
$ami = new AmiClientManager($fake->servers());
$other = new AmiClientManager();
$ami->connectAll(wait: 20.0);
$ami->onEvent('UserEvent', function () use ($ami, $other): void {
    foreach ([fn() => $ami->tick(), fn() => $ami->run()] as $nested) {
        try {
            $nested();
        } catch (ReentrantTickException $e) {
            echo $e->getMessage(), ' ', var_export($e->isRetrySafe(), true), "\n";
        }
    }
    echo $other->tick()->hasProgress() ? 'progress' : 'another manager may tick', "\n";
    $ami->stop();
});
$ami->send(user_event('X'));
$ami->run();
var_dump($ami->send(new GenericAction('Ping'))->await()->success);
?>

--EXPECT--
tick() called by a listener of the same manager: the tick that called it goes on true
run() called by a listener of the same manager: the tick that called it goes on true
another manager may tick
bool(true)
