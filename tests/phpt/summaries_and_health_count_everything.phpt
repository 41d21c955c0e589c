--TEST--
Every count of a tick's summary and of a server's health says what happened
--EXTENSIONS--
ami_client
--FILE--
<?php
use Apn\AmiClient\Testing\FakeAsterisk;
use Apn\AmiClient\{CircuitState, ClientOptions, ClusterOptions, ConnectionState, DisconnectReason, GenericAction, TickSummary};

$fake = new FakeAsterisk();
$ami = $fake->manager(
    new ClientOptions(eventQueueCapacity: 3, protectedEvents: [], reconnectMinDelay: 1.0, reconnectMaxDelay: 1.0),
    cluster: new ClusterOptions(maxEventsPerTick: 1),
);
$client = $ami->server('pbx1');
$client->open();
$sum = array_fill_keys(array_keys(get_object_vars($ami->tick())), 0);
while (!$client->isReady()) {
    foreach (get_object_vars($ami->tick(1000)) as $name => $count) {
        $sum[$name] += (int) $count;
    }
}
var_dump($sum['bytesRead'] > 0, $sum['bytesWritten'] > 0, $sum['framesParsed'] > 0, $sum['stateTransitions'] > 0);

$ami->onEvent('Wanted', fn() => null);
$pending = $ami->send(new GenericAction('Ping'));
var_dump($client->health()->pendingActions);
foreach (range(1, 5) as $number) {
    $fake->emit('pbx1', 'Wanted', ['Number' => $number]);
}
$fake->emit('pbx1', 'Unwanted');
$tick = $ami->tick();
var_dump($tick instanceof TickSummary, $tick->hasProgress(), $tick->eventsDropped, $tick->more);
$health = $client->health();
var_dump($health->pendingActions, $health->eventsReceived, $health->eventsFiltered, $health->eventsDropped, $health->queueDepth, $health->queueBytes > 0);
$events = $tick->eventsDispatched;
$actions = $tick->actionsCompleted;
while ($tick->more) {
    $tick = $ami->tick();
    $events += $tick->eventsDispatched;
    $actions += $tick->actionsCompleted;
}
$health = $client->health();
var_dump($events, $actions, $health->queueDepth, $health->queueBytes);
var_dump($health->lastPingSeconds, $health->lastReceivedAt > 1.6e9, $health->eventLagSeconds);

$fake->advance(20.0);
var_dump($client->health()->lastPingSeconds);

$fake->dropSession('pbx1');
$ami->tick();
$health = $client->health();
var_dump($health->isReady(), $health->state === ConnectionState::Disconnected, $health->lastDisconnect === DisconnectReason::PeerClosed, $health->attempt, $health->reconnects);
$retry = $health->nextRetryAt - $health->lastReceivedAt;
var_dump($retry > 0.0 && $retry < 30.0);
$attempts = $transitions = 0;
while (!$client->isReady()) {
    $tick = $ami->tick(1000);
    $attempts += $tick->connectAttempts;
    $transitions += $tick->stateTransitions;
}
$health = $client->health();
var_dump($attempts, $transitions, $health->reconnects, $health->nextRetryAt, $health->circuit === CircuitState::Closed);
var_dump(json_encode($health) === json_encode($health->jsonSerialize()), $health->jsonSerialize()['state']);
?>
--EXPECT--
bool(true)
bool(true)
bool(true)
bool(true)
int(1)
bool(true)
bool(true)
int(2)
bool(true)
int(1)
int(6)
int(1)
int(2)
int(3)
bool(true)
int(3)
int(1)
int(0)
int(0)
NULL
bool(true)
float(0)
float(0)
bool(false)
bool(true)
bool(true)
int(1)
int(0)
bool(true)
int(1)
int(5)
int(1)
NULL
bool(true)
bool(true)
enum(Apn\AmiClient\ConnectionState::Ready)
