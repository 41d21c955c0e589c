--TEST--
getStream() is readable when tick() has work, and nextDeadlineMs() says when else to come
--EXTENSIONS--
ami_client
--FILE--
<?php
require __DIR__ . '/fake.inc';

use Apn\AmiClient\AmiClientManager;

$fake = new Fake();
$ami = new AmiClientManager($fake->servers());
var_dump($ami->nextDeadlineMs());
$ami->connectAll();
$stream = $ami->getStream();
var_dump(get_resource_type($stream), $stream === $ami->getStream());
$got = null;
$ami->onEvent('UserEvent', function ($event) use (&$got): void {
    $got = $event['UserEvent'];
});
$sent = false;
for ($rounds = 0; $got === null && $rounds < 1000; $rounds++) {
    $read = [$stream];
    $write = $except = null;
    $wait = $ami->nextDeadlineMs();
    assert($wait === null || $wait >= 0);
    stream_select($read, $write, $except, 5);
    $ami->tick();
    if (!$sent && $ami->server('pbx1')->isReady()) {
        $ami->send(user_event('by select'));
        $ami->tick();
        $sent = true;
    }
}
var_dump($got);
// What is left undelivered keeps it readable.
fclose($stream);
var_dump(is_resource($ami->getStream()));
?>

--EXPECT--
NULL
string(6) "stream"
bool(true)
string(9) "by select"
bool(true)
