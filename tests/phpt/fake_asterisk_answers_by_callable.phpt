--TEST--
FakeAsterisk: a callable sees the action and the server, answers within the same tick, and what it throws comes out there
--EXTENSIONS--
ami_client
--FILE--
<?php
use Apn\AmiClient\Exception\{ActionErrorResponseException, ReentrantTickException};
use Apn\AmiClient\GenericAction;
use Apn\AmiClient\Testing\FakeAsterisk;

final class Pbx
{
    public static function answer(GenericAction $action, string $server): array
    {
        return ['Value' => "$server " . json_encode($action->parameters)];
    }
}

$fake = new FakeAsterisk(['pbx1', 'pbx2']);
$fake->respond('Getvar', Pbx::answer(...));
$ami = $fake->manager();
$ami->connectAll(wait: 5.0);
$send = fn(string $name, array $headers = [], string $server = 'pbx1') => $ami->send(new GenericAction($name, $headers), $server);

$pendings = [$send('Getvar', ['Variable' => 'A']), $send('Getvar', ['Variable' => ['B', 'C'], 'On' => true]), $send('Getvar', server: 'pbx2')];
$ami->tick();
foreach ($pendings as $pending) {
    echo $pending->getResponse()->get('Value'), "\n";
}
$fake->respond('Getvar', ['Pbx', 'answer'], 'pbx2')->respond('Getvar', fn() => ['Value' => 'other'], 'pbx1');
echo $send('Getvar')->await()->get('Value'), ', ', $send('Getvar', server: 'pbx2')->await()->get('Value'), "\n";

$fake->respond('Throws', fn() => throw new DomainException('mine'));
$first = $send('Throws');
$second = $send('Getvar');
foreach (['first tick', 'second tick'] as $tick) {
    try {
        $ami->tick();
        echo "$tick: ", $second->getResponse()->get('Value'), "\n";
    } catch (DomainException $e) {
        echo "$tick: ", $e->getMessage(), "\n";
    }
}
try {
    $first->await();
} catch (ActionErrorResponseException $e) {
    echo $e->getMessage(), "\n";
}
foreach ([fn() => 5, fn() => ['Value' => null], fn() => ['events' => 'none'], fn() => $ami->tick()] as $wrong) {
    $fake->respond('Wrong', $wrong);
    try {
        $send('Wrong')->await();
    } catch (Error|ReentrantTickException $e) {
        echo $e::class, ': ', $e->getMessage(), "\n";
    }
}
?>
--EXPECT--
pbx1 {"Variable":"A"}
pbx1 {"Variable":["B","C"],"On":"true"}
pbx2 []
other, pbx2 []
first tick: mine
second tick: other
`pbx1` refused action `Throws`: The callable given to respond() failed
TypeError: the callable given to respond() must return an array of headers for Wrong, int returned
ValueError: the answer to Wrong of the callable given to respond(): header "Value" is null, must be text, a number, a bool or a list of these
ValueError: the answer to Wrong of the callable given to respond(): "events" must be a list of header arrays
Apn\AmiClient\Exception\ReentrantTickException: tick() called by a listener of the same manager: the tick that called it goes on
