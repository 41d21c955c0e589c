--TEST--
A manager ends with its last reference, and takes along what a Subscription still holds
--EXTENSIONS--
ami_client
--FILE--
<?php
require __DIR__ . '/fake.inc';

use Apn\AmiClient\{AmiClientManager, ServerConfig};

$fake = new Fake();
$ami = new AmiClientManager($fake->servers());
$ami->connectAll(wait: 20.0);
$watched = new stdClass();
$subscription = $ami->onEvent('*', function () use ($watched): void {});
$reference = WeakReference::create($watched);
unset($watched);
$client = $ami->server('pbx1');
unset($ami);
var_dump($client->isReady(), $reference->get() !== null);
unset($client);
var_dump($reference->get(), $subscription->isActive());
$subscription->cancel();

// The peer sees the end of the connection at once.
$listener = stream_socket_server('tcp://127.0.0.1:0');
$port = (int) substr(strrchr(stream_socket_get_name($listener, false), ':'), 1);
$ami = new AmiClientManager([new ServerConfig('pbx1', '127.0.0.1', $port, 'u', 's')]);
$ami->connectAll();
$peer = stream_socket_accept($listener, 5.0);
unset($ami);
stream_set_timeout($peer, 5);
var_dump(fread($peer, 100), feof($peer));
?>

--EXPECT--
bool(true)
bool(true)
NULL
bool(false)
string(0) ""
bool(true)
