--TEST--
health() and metrics() say how each server does, and asking changes nothing
--EXTENSIONS--
ami_client
--FILE--
<?php
require __DIR__ . '/fake.inc';

use Apn\AmiClient\{AmiClientManager, CircuitState, ConnectionState, GenericAction, ServerHealth};

$fake = new Fake();
$ami = new AmiClientManager($fake->servers());
$ami->connectAll(wait: 20.0);
$ami->onEvent('UserEvent', $listener = fn() => $ami->stop());
$ami->send(user_event('one'));
$ami->run();
$health = $ami->health();
var_dump(array_keys($health), $health['pbx1'] instanceof ServerHealth, $health['pbx1'] == $ami->server('pbx1')->health());
$pbx1 = $health['pbx1'];
var_dump($pbx1->serverKey, $pbx1->isReady(), $pbx1->state === ConnectionState::Ready, $pbx1->circuit === CircuitState::Closed);
var_dump($pbx1->lastDisconnect, $pbx1->attempt, $pbx1->nextRetryAt, $pbx1->eventsReceived >= 1, $pbx1->eventLagSeconds > 0, $pbx1->lastReceivedAt > 1.6e9);
echo implode(' ', array_keys(json_decode(json_encode($pbx1), true))), "\n";
$metrics = $ami->metrics();
foreach ($metrics as $name => $family) {
    assert(preg_match('/^ami_[a-z_]+$/', $name) && ($family['type'] === 'counter') === str_ends_with($name, '_total'));
    assert(in_array($family['type'], ['counter', 'gauge'], true) && str_ends_with($family['help'], '.') && array_is_list($family['values']));
    foreach ($family['values'] as $sample) {
        assert(array_keys($sample) === ['labels', 'value'] && (is_int($sample['value']) || is_float($sample['value'])));
    }
}
var_dump($metrics['ami_server_ready']['values'][0], $metrics['ami_listener_calls_total']['values'][0]['value']);
?>

--EXPECT--
array(1) {
  [0]=>
  string(4) "pbx1"
}
bool(true)
bool(true)
string(4) "pbx1"
bool(true)
bool(true)
bool(true)
NULL
int(0)
NULL
bool(true)
bool(true)
bool(true)
serverKey state circuit lastDisconnect attempt nextRetryAt pendingActions queueDepth queueBytes eventsReceived eventsFiltered eventsDropped reconnects lastPingSeconds lastReceivedAt eventLagSeconds
array(2) {
  ["labels"]=>
  array(1) {
    ["server"]=>
    string(4) "pbx1"
  }
  ["value"]=>
  int(1)
}
int(1)
