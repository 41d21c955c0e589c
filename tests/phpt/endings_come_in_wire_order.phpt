--TEST--
Completions and events of a server come in the order of the wire
--EXTENSIONS--
ami_client
--FILE--
<?php
require __DIR__ . '/fake.inc';

use Apn\AmiClient\{AmiClientManager, AmiEvent, GenericAction};

$fake = new Fake();
$ami = new AmiClientManager($fake->servers());
$ami->connectAll(wait: 20.0);
$order = [];
$ami->onEvent('UserEvent', function (AmiEvent $event) use (&$order): void {
    $order[] = $event['UserEvent'];
});
foreach (range(1, 20) as $n) {
    $ami->send(user_event("event $n"))->onComplete(function () use (&$order, $n): void {
        $order[] = "end $n";
    });
    $ami->send(new GenericAction('Ping'))->onComplete(function () use (&$order, $n): void {
        $order[] = "ping $n";
    });
}
$ami->run(until: function () use (&$order): bool {
    return count($order) === 60;
});
$expected = [];
foreach (range(1, 20) as $n) {
    foreach (['end', 'event', 'ping'] as $kind) {
        $expected[] = "$kind $n";
    }
}
// Asterisk sends events that wait between two actions: after the answer to the action that made them.
sort($expected);
$sorted = $order;
sort($sorted);
var_dump($sorted === $expected);
foreach (range(1, 20) as $n) {
    $at = array_flip($order);
    assert($at["end $n"] < $at["ping $n"] && $at["end $n"] < $at["event $n"]);
    assert($n === 1 || $at['event ' . ($n - 1)] < $at["event $n"]);
}
echo "in order\n";
?>

--EXPECT--
bool(true)
in order
