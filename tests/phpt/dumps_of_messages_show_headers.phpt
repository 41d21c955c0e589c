--TEST--
Dumps of events and responses show properties and headers, no secret, and of a list how many items it has
--EXTENSIONS--
ami_client
--FILE--
<?php
require __DIR__ . '/fake.inc';

use Apn\AmiClient\{AmiClientManager, AmiEvent, GenericAction, Message, Response};

var_dump(AmiEvent::fromArray('pbx1', ['Event' => 'VarSet', 'Variable' => 'SIP_PASSWORD', 'Value' => 'hunter2', 'X' => ['1', '2']], 1.5));
print_r(Response::fromArray('pbx1', ['Response' => 'Success', 'Secret' => 'hunter2', 'Var' => "A=1,MYSECRET=hunter2"]));

$fake = new Fake(1, '--rate', '1');
$ami = new AmiClientManager($fake->servers(secret: 's3cret'));
$ami->connectAll(wait: 20.0);
$list = $ami->send(new GenericAction('QueueStatus'))->await();
$shown = $list->__debugInfo();
var_dump(array_sum($shown['events']) === count($list->getEvents()), $shown['events']['QueueParams'] > 0, $shown['completeEvent']);
var_dump($shown['headers']['response'], $list->getHeaders()['response']);

// Somebody's own class has nothing to show.
final class Forged extends Message
{
    public function __construct() {}
}
var_dump(new Forged());
// What is no dump is as before.
echo json_encode(AmiEvent::fromArray('pbx1', ['Event' => 'A', 'Secret' => 'x'])), "\n";
?>

--EXPECTF--
object(Apn\AmiClient\AmiEvent)#%d (6) {
  ["serverKey"]=>
  string(4) "pbx1"
  ["sequence"]=>
  int(0)
  ["session"]=>
  int(0)
  ["name"]=>
  string(6) "VarSet"
  ["receivedAt"]=>
  float(1.5)
  ["headers"]=>
  array(4) {
    ["event"]=>
    string(6) "VarSet"
    ["variable"]=>
    string(12) "SIP_PASSWORD"
    ["value"]=>
    string(3) "***"
    ["x"]=>
    array(2) {
      [0]=>
      string(1) "1"
      [1]=>
      string(1) "2"
    }
  }
}
Apn\AmiClient\Response Object
(
    [serverKey] => pbx1
    [sequence] => 0
    [session] => 0
    [success] => 1
    [partial] => 
    [headers] => Array
        (
            [response] => Success
            [secret] => ***
            [var] => A=1,MYSECRET=***
        )

    [events] => Array
        (
        )

    [completeEvent] => 
)
bool(true)
bool(true)
string(19) "QueueStatusComplete"
string(7) "Success"
string(7) "Success"
object(Forged)#%d (0) {
}
{"event":"A","secret":"x"}
