--TEST--
FakeAsterisk: wrong keys, names, headers and times are named, and it neither clones nor serializes
--EXTENSIONS--
ami_client
--FILE--
<?php
use Apn\AmiClient\ClientOptions;
use Apn\AmiClient\Testing\FakeAsterisk;

$fake = new FakeAsterisk(['a', 'b']);
$same = $fake->manager(new ClientOptions(actionTimeout: 3.0));
var_dump($fake->manager() === $same, $same->serverKeys());
foreach ([
    fn() => new FakeAsterisk(['a b']),
    fn() => new FakeAsterisk(['a', 'a']),
    fn() => new FakeAsterisk(['key' => 'a']),
    fn() => $fake->__construct(),
    fn() => $fake->manager(new ClientOptions()),
    fn() => $fake->manager(logger: $fake),
    fn() => (new FakeAsterisk())->manager(logger: $fake),
    fn() => $fake->respond('Ping', [], 'c'),
    fn() => $fake->respond("Pi\nng", []),
    fn() => $fake->respond('Ping', 5),
    fn() => $fake->respond('Ping', ['A' => new stdClass()]),
    fn() => $fake->respond('Ping', ["A: B\r\nC" => '']),
    fn() => $fake->respond('Ping', ['events' => [['Queue' => 'x']]]),
    fn() => $fake->ignore(''),
    fn() => $fake->emit('c', 'Hangup'),
    fn() => $fake->emit('a', ''),
    fn() => $fake->emit('a', 'Hangup', ['Cause' => "16\r\nEvent: Other"]),
    fn() => $fake->refuseLogin('c'),
    fn() => $fake->dropSession('c'),
    fn() => $fake->advance(-1.0),
    fn() => $fake->advance(INF),
    fn() => clone $fake,
    fn() => serialize($fake),
] as $call) {
    try {
        $call();
        echo "nothing thrown\n";
    } catch (Throwable $e) {
        echo $e::class, ': ', $e->getMessage(), "\n";
    }
}
?>
--EXPECT--
bool(true)
array(2) {
  [0]=>
  string(1) "a"
  [1]=>
  string(1) "b"
}
Apn\AmiClient\Exception\InvalidConfigurationException: key is "a b", must be 1 to 32 of A-Za-z0-9._-
ValueError: __construct(): Argument #1 ($serverKeys) must be a list of different server keys
ValueError: __construct(): Argument #1 ($serverKeys) must be a list of different server keys
Error: Apn\AmiClient\Testing\FakeAsterisk is initialized already
Apn\AmiClient\Exception\InvalidConfigurationException: manager() was called before: its options are fixed, call it without arguments
Apn\AmiClient\Exception\InvalidConfigurationException: manager() was called before: its options are fixed, call it without arguments
TypeError: Apn\AmiClient\Testing\FakeAsterisk::manager(): Argument #2 ($logger) must be of type ?Psr\Log\LoggerInterface, Apn\AmiClient\Testing\FakeAsterisk given
Apn\AmiClient\Exception\UnknownServerException: there is no server "c": known are a, b
ValueError: respond(): Argument #1 ($action) must be the name of an action
TypeError: Apn\AmiClient\Testing\FakeAsterisk::respond(): Argument #2 ($answer) must be of type callable|array, int given
ValueError: respond(): Argument #2 ($answer): header "A" is stdClass, must be text, a number, a bool or a list of these
ValueError: respond(): Argument #2 ($answer): header "A: B\r\nC" is no name of a header
ValueError: respond(): Argument #2 ($answer): one of the "events" has no header "Event"
ValueError: ignore(): Argument #1 ($action) must be the name of an action
Apn\AmiClient\Exception\UnknownServerException: there is no server "c": known are a, b
ValueError: emit(): Argument #2 ($event) must be the name of an event
ValueError: emit(): Argument #3 ($headers): header "Cause" has a line break, which would end the header
Apn\AmiClient\Exception\UnknownServerException: there is no server "c": known are a, b
Apn\AmiClient\Exception\UnknownServerException: there is no server "c": known are a, b
ValueError: advance(): Argument #1 ($seconds) must be a number of seconds from 0 to ten years
ValueError: advance(): Argument #1 ($seconds) must be a number of seconds from 0 to ten years
Error: Trying to clone an uncloneable object of class Apn\AmiClient\Testing\FakeAsterisk
Exception: Serialization of 'Apn\AmiClient\Testing\FakeAsterisk' is not allowed
