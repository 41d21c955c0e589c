--TEST--
A message finds headers in any case, lists repeats, and keeps order and bytes
--EXTENSIONS--
ami_client
--FILE--
<?php
use Apn\AmiClient\AmiEvent;

$event = AmiEvent::fromArray('pbx1', [
    'Channel' => 'PJSIP/alice-00000001',
    'Event' => 'Newchannel',
    'Priority' => 5,
    'ChanVariable' => ['A=1', 'B=x=y'],
    'CallerIDNum' => '<unknown>',
    'ConnectedLineName' => '',
    'Exten' => ' 12 ',
    'Name' => "caf\xe9",
]);
var_dump($event->name, $event->serverKey, $event->get('CHANNEL'), $event->get('nope'), $event->all('chanvariable'), $event->all('nope'));
var_dump($event->int('priority'), $event->int('exten'), $event->int('channel'), $event->int('nope'));
var_dump($event->known('calleridnum'), $event->known('connectedlinename'), $event->known('channel'));
var_dump($event->getVariables(), $event->getActionId());
echo implode(' ', array_keys($event->getHeaders())), "\n";
echo implode(' ', array_column($event->getRawHeaders(), 0)), "\n";
var_dump(bin2hex($event['name']), abs($event->receivedAt - microtime(true)) < 5);
?>

--EXPECT--
string(10) "Newchannel"
string(4) "pbx1"
string(20) "PJSIP/alice-00000001"
NULL
array(2) {
  [0]=>
  string(3) "A=1"
  [1]=>
  string(5) "B=x=y"
}
array(0) {
}
int(5)
int(12)
NULL
NULL
NULL
NULL
string(20) "PJSIP/alice-00000001"
array(2) {
  ["A"]=>
  string(1) "1"
  ["B"]=>
  string(3) "x=y"
}
NULL
event channel priority chanvariable calleridnum connectedlinename exten name
Event Channel Priority ChanVariable ChanVariable CallerIDNum ConnectedLineName Exten Name
string(8) "636166e9"
bool(true)
