--TEST--
What is over a bound throws at once where nothing was sent, and ends the action where the answer is too long; the session lives
--EXTENSIONS--
ami_client
--FILE--
<?php
use Apn\AmiClient\Exception\AmiException;
use Apn\AmiClient\Testing\FakeAsterisk;
use Apn\AmiClient\{ClientOptions, GenericAction, MultiEventStrategy};

$fake = new FakeAsterisk();
$fake->respond('Long', ['Value' => str_repeat('x', 70_000)]);
$fake->respond('List', ['events' => array_fill(0, 100, ['Event' => 'Item', 'Value' => str_repeat('x', 1000)])]);
$ami = $fake->manager(new ClientOptions(maxPendingActions: 2, writeBufferLimit: 4096, maxFrameSize: 65_536, maxActionBytes: 65_536));
$ami->connectAll(wait: 5.0);

$try = function (string $what, Closure $call): void {
    try {
        $call();
        echo "$what: done\n";
    } catch (AmiException $e) {
        echo "$what: ", $e::class, ": {$e->getMessage()}\n";
        var_dump($e->isRetrySafe(), $e->serverKey, $e->actionId === null);
    }
};
$first = $ami->send(new GenericAction('Ping'));
$second = $ami->send(new GenericAction('Ping'));
$try('a third action', fn() => $ami->send(new GenericAction('Ping')));
$second->await();
$try('after an answer', fn() => $ami->send(new GenericAction('Ping'))->await());
$try('five kilobytes', fn() => $ami->send(new GenericAction('Setvar', ['Variable' => array_fill(0, 5, str_repeat('x', 1000))])));
$try('a long frame', fn() => $ami->send(new GenericAction('Long'))->await());
$try('a long list', fn() => $ami->send(new GenericAction('List'))->await());
$try('a list of many', fn() => $ami->send(new GenericAction('List', strategy: new MultiEventStrategy(maxMessages: 10)))->await());
$try('the same session', fn() => $ami->send(new GenericAction('Ping'))->await());
var_dump($ami->health()['pbx1']->reconnects);
?>
--EXPECT--
a third action: Apn\AmiClient\Exception\BackpressureException: action `Ping` was not sent to `pbx1`: maxPendingActions is full (2)
bool(true)
string(4) "pbx1"
bool(true)
after an answer: done
five kilobytes: Apn\AmiClient\Exception\BackpressureException: action `Setvar` was not sent to `pbx1`: writeBufferLimit is full (4096)
bool(true)
string(4) "pbx1"
bool(true)
a long frame: Apn\AmiClient\Exception\ResponseTooLargeException: the answer of `pbx1` to action `Long` exceeds maxFrameSize (65536)
bool(false)
string(4) "pbx1"
bool(false)
a long list: Apn\AmiClient\Exception\ResponseTooLargeException: the answer of `pbx1` to action `List` exceeds maxActionBytes (65536)
bool(false)
string(4) "pbx1"
bool(false)
a list of many: Apn\AmiClient\Exception\ResponseTooLargeException: the answer of `pbx1` to action `List` exceeds maxMessages (10)
bool(false)
string(4) "pbx1"
bool(false)
the same session: done
int(0)
