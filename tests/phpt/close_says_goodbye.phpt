--TEST--
close() ends one session for good: no reconnect until open(), other servers go on
--EXTENSIONS--
ami_client
--FILE--
<?php
require __DIR__ . '/fake.inc';

use Apn\AmiClient\{AmiClientManager, ConnectionState, DisconnectReason, GenericAction};

$fake = new Fake(2);
$ami = new AmiClientManager($fake->servers());
$ami->connectAll(wait: 20.0);
$client = $ami->server('pbx1');
$client->close();
var_dump($client->state(), $client->health()->lastDisconnect, $client->health()->nextRetryAt);
$client->close(0.0);
var_dump($ami->server('pbx2')->send(new GenericAction('Ping'))->await()->success);
$ami->tick();
var_dump($client->state(), $client->open(wait: 20.0) === $client, $client->isReady());
?>

--EXPECT--
enum(Apn\AmiClient\ConnectionState::Disconnected)
enum(Apn\AmiClient\DisconnectReason::Requested)
NULL
bool(true)
enum(Apn\AmiClient\ConnectionState::Disconnected)
bool(true)
bool(true)
