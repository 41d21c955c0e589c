--TEST--
Answers come as they are: lists with their items, command output, a call with its outcome
--EXTENSIONS--
ami_client
--FILE--
<?php
require __DIR__ . '/fake.inc';

use Apn\AmiClient\Exception\ActionErrorResponseException;
use Apn\AmiClient\{AmiClientManager, GenericAction, Message, Response};

$fake = new Fake(1, '--rate', '1');
$ami = new AmiClientManager($fake->servers());
$ami->connectAll(wait: 20.0);
$list = $ami->send(new GenericAction('QueueStatus'))->await();
var_dump($list instanceof Message, $list->success, count($list->getEvents()) > 0, $list->getCompleteEvent()->name);
foreach ($list->getEvents() as $event) {
    assert($event->serverKey === 'pbx1' && $event->getActionId() === $list->getActionId() && $event->session === 1);
}
$output = $ami->send(new GenericAction('Command', ['Command' => 'core show version']))->await()->getOutput();
var_dump(str_contains($output, 'Asterisk'), $list->getOutput());
$call = $ami->send(new GenericAction('Originate', [
    'Channel' => 'Local/100@default',
    'Context' => 'default',
    'Exten' => '100',
    'Priority' => 1,
    'Async' => true,
    'Variable' => ['NAME' => 'O"Brien, \\x', 'N' => 5],
]))->await(10.0);
var_dump($call->success, $call->getCompleteEvent()?->name);
$copy = unserialize(serialize($list));
var_dump($copy == $list, count($copy->getEvents()) === count($list->getEvents()), $copy->getCompleteEvent()->getRawHeaders() === $list->getCompleteEvent()->getRawHeaders());
try {
    $ami->send(new GenericAction('Command', ['Command' => 'module unload x']))->await();
} catch (ActionErrorResponseException $e) {
    echo $e->response->getMessage(), ' ', var_export($e->isRetrySafe(), true), "\n";
}
?>

--EXPECT--
bool(true)
bool(true)
bool(true)
string(19) "QueueStatusComplete"
bool(true)
NULL
bool(true)
string(17) "OriginateResponse"
bool(true)
bool(true)
bool(true)
Command blacklisted false
