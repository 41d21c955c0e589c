--TEST--
FakeAsterisk: a step that a call cannot take is named and changes nothing; so are wrong phones, releases and lags
--EXTENSIONS--
ami_client
--FILE--
<?php
use Apn\AmiClient\Testing\FakeAsterisk;

$fake = new FakeAsterisk(['a', 'b']);
$new = $fake->call('a', 'alice', 'bob');
$talks = $fake->call('a', 'alice', 'bob')->ring()->answer();
$held = $fake->call('a', 'alice', 'bob')->answer()->hold();
$over = $fake->call('a', 'alice', 'bob')->hangup();
$truth = $fake->truth('a');
foreach ([
    fn() => $new->hold(),
    fn() => $new->resume(),
    fn() => $new->transfer('carol'),
    fn() => $new->attendedTransfer($talks),
    fn() => $talks->ring(),
    fn() => $talks->answer(),
    fn() => $talks->resume(),
    fn() => $talks->pickUp('carol'),
    fn() => $talks->attendedTransfer($talks),
    fn() => $talks->attendedTransfer($new),
    fn() => $talks->attendedTransfer($held),
    fn() => $talks->attendedTransfer($over),
    fn() => $talks->attendedTransfer($fake->call('b', 'bob', 'carol')->answer()),
    fn() => $talks->attendedTransfer((new FakeAsterisk(['a']))->call('a', 'bob', 'carol')->answer()),
    fn() => $talks->transfer("PJSIP/a b"),
    fn() => $talks->hangup(128),
    fn() => $held->hold(),
    fn() => $over->ring(),
    fn() => $over->hangup(),
    fn() => $fake->call('c', 'alice', 'bob'),
    fn() => $fake->call('a', '', 'bob'),
    fn() => $fake->call('a', 'alice', "bob\r\nX: y"),
    fn() => $fake->call('a', 'alice', "PJSIP/"),
    fn() => $fake->call('a', 'alice', "bob", number: "1\n2"),
    fn() => $fake->truth('c'),
    fn() => $fake->lag('a', -1.0),
    fn() => $fake->lag('c', 1.0),
    fn() => new FakeAsterisk(release: '9'),
    fn() => clone $new,
    fn() => serialize($new),
] as $step) {
    try {
        $step();
        echo "nothing thrown\n";
    } catch (Throwable $e) {
        echo $e::class, ': ', $e->getMessage(), "\n";
    }
}
var_dump($fake->truth('a') === $truth);
?>
--EXPECT--
LogicException: hold(): nobody has answered the call (PJSIP/alice-00000000 to PJSIP/bob-00000001)
LogicException: resume(): nobody has answered the call (PJSIP/alice-00000000 to PJSIP/bob-00000001)
LogicException: transfer(): nobody has answered the call (PJSIP/alice-00000000 to PJSIP/bob-00000001)
LogicException: attendedTransfer(): nobody has answered the call (PJSIP/alice-00000000 to PJSIP/bob-00000001)
LogicException: ring(): the call was answered before (PJSIP/alice-00000002 to PJSIP/bob-00000003)
LogicException: answer(): the call was answered before (PJSIP/alice-00000002 to PJSIP/bob-00000003)
LogicException: resume(): the call is not on hold (PJSIP/alice-00000002 to PJSIP/bob-00000003)
LogicException: pickUp(): the call was answered before (PJSIP/alice-00000002 to PJSIP/bob-00000003)
LogicException: attendedTransfer(): the second call is this call
LogicException: attendedTransfer(): nobody has answered the second call (PJSIP/alice-00000002 to PJSIP/bob-00000003)
LogicException: attendedTransfer(): the second call must come from the phone that was called in the first one (PJSIP/alice-00000002 to PJSIP/bob-00000003)
LogicException: attendedTransfer(): the second call has ended (PJSIP/alice-00000002 to PJSIP/bob-00000003)
LogicException: attendedTransfer(): the second call is on another server
LogicException: attendedTransfer(): the second call is on another server
ValueError: transfer(): Argument #1 ($to) must be a phone, such as "PJSIP/alice" or "alice"
ValueError: hangup(): Argument #1 ($cause) must be a hang-up cause from 0 to 127
LogicException: hold(): the call is on hold already (PJSIP/alice-00000004 to PJSIP/bob-00000005)
LogicException: ring(): the call has ended (PJSIP/alice-00000006 to PJSIP/bob-00000007)
LogicException: hangup(): the call has ended (PJSIP/alice-00000006 to PJSIP/bob-00000007)
Apn\AmiClient\Exception\UnknownServerException: there is no server "c": known are a, b
ValueError: call(): Argument #2 ($from) must be a phone, such as "PJSIP/alice" or "alice"
ValueError: call(): Argument #3 ($to) must be a phone, such as "PJSIP/alice" or "alice"
ValueError: call(): Argument #3 ($to) must be a phone, such as "PJSIP/alice" or "alice"
ValueError: call(): Argument #4 ($number) must not contain control characters
Apn\AmiClient\Exception\UnknownServerException: there is no server "c": known are a, b
ValueError: lag(): Argument #2 ($seconds) must be a number of seconds from 0 to 3600
Apn\AmiClient\Exception\UnknownServerException: there is no server "c": known are a, b
ValueError: __construct(): Argument #2 ($release) must be one of 1.8, 10, 11, 12, 13.1, 13.4, 13, 14, 15, 16, 18, 20, 21, 22, 23
Error: Trying to clone an uncloneable object of class Apn\AmiClient\Testing\FakeCall
Exception: Serialization of 'Apn\AmiClient\Testing\FakeCall' is not allowed
bool(true)
