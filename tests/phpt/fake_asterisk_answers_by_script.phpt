--TEST--
FakeAsterisk: respond() gives headers, lists with their marks, refusals; what is not scripted is answered as Asterisk does
--EXTENSIONS--
ami_client
--FILE--
<?php
use Apn\AmiClient\Exception\ActionErrorResponseException;
use Apn\AmiClient\GenericAction;
use Apn\AmiClient\Testing\FakeAsterisk;

$fake = new FakeAsterisk(['pbx1', 'pbx2']);
$fake->respond('Getvar', ['Message' => 'first', 'Value' => 7])
    ->respond('getvar', ['Value' => 'of pbx2'], 'pbx2')
    ->respond('Command', ['Message' => 'Command output follows', 'Output' => ['one', 'two']])
    ->respond('Reload', ['Response' => 'Error', 'Message' => 'Permission denied']);
$ami = $fake->manager();
var_dump($ami->connectAll(wait: 5.0));
$ask = fn(string $name, string $server = 'pbx1') => $ami->send(new GenericAction($name, ['Variable' => 'X']), $server)->await();

$response = $ask('Getvar');
var_dump($response->success, $response->getMessage(), $response->get('Value'), $ask('Getvar', 'pbx2')->get('Value'));
var_dump($ask('Command')->getOutput(), $ask('Ping')->get('Ping'), count($ask('CoreShowChannels')->getEvents()));
foreach (['Reload', 'NoSuchAction'] as $refused) {
    try {
        $ask($refused);
    } catch (ActionErrorResponseException $e) {
        echo $e->getMessage(), "\n";
    }
}

$member = ['Event' => 'QueueMember', 'Name' => 'alice', 'Paused' => false];
foreach ([
    'marked by the fake' => ['events' => [$member, $member]],
    'empty' => ['events' => []],
    'marked by itself' => ['EventList' => 'start', 'events' => [$member, ['Event' => 'Done', 'EventList' => 'Complete', 'ListItems' => 1]]],
    'as before Asterisk 13' => ['events' => [['Name' => 'alice', 'Event' => 'QueueMember'], ['Event' => 'QueueStatusComplete']]],
] as $kind => $answer) {
    $fake->respond('QueueStatus', $answer);
    $response = $ask('QueueStatus');
    echo "$kind: ", $response->get('EventList') ?? 'no mark', ', ', count($response->getEvents()), ' events, ',
        $response->getCompleteEvent()->name, ' ', $response->getCompleteEvent()->get('ListItems') ?? '-', "\n";
}
$fake->respond('Originate', ['events' => [['Event' => 'OriginateResponse', 'Response' => 'Failure', 'Reason' => 5]]]);
$response = $ami->send(new GenericAction('Originate', ['Channel' => 'PJSIP/alice', 'Async' => true]), 'pbx1')->await();
echo $response->getCompleteEvent()->get('Reason'), ', ', $response->get('EventList') ?? 'no list', "\n";
$fake->respond('PJSIPShowEndpoints', ['events' => []]);
echo $ask('PJSIPShowEndpoints')->getCompleteEvent()->name, "\n";
?>
--EXPECT--
array(0) {
}
bool(true)
string(5) "first"
string(1) "7"
string(7) "of pbx2"
string(7) "one
two"
string(4) "Pong"
int(0)
`pbx1` refused action `Reload`: Permission denied
`pbx1` refused action `NoSuchAction`: Invalid/unknown command: NoSuchAction. Use Action: ListCommands to show available commands.
marked by the fake: start, 2 events, QueueStatusComplete 2
empty: start, 0 events, QueueStatusComplete 0
marked by itself: start, 1 events, Done 1
as before Asterisk 13: start, 1 events, QueueStatusComplete -
5, no list
EndpointListComplete
