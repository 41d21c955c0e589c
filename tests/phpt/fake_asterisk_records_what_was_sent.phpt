--TEST--
FakeAsterisk: sent() has the actions of the program, in their order, as the server reads them
--EXTENSIONS--
ami_client
--FILE--
<?php
use Apn\AmiClient\GenericAction;
use Apn\AmiClient\Testing\FakeAsterisk;

$fake = new FakeAsterisk(['pbx1', 'pbx2']);
$ami = $fake->manager();
$ami->onEvent('Hangup', fn() => null);
$ami->connectAll(wait: 5.0);
$fake->advance(120.0);
var_dump($fake->sent());
$ami->send(new GenericAction('Originate', ['Channel' => 'PJSIP/alice', 'Async' => true, 'Variable' => ['A' => '1,2', 'B' => 3]]), 'pbx2');
$ami->send(new GenericAction('Ping'), 'pbx1');
$ami->sendAll(new GenericAction('QueueStatus', ['Queue' => 'support', 'Member' => null]));
foreach ($fake->sent() as [$server, $action]) {
    echo "$server $action->name ", json_encode($action->parameters), "\n";
}
var_dump($fake->sent()[0][1] instanceof GenericAction);
$ami->terminate();
var_dump(count($fake->sent()));
?>
--EXPECT--
array(0) {
}
pbx2 Originate {"Channel":"PJSIP\/alice","Async":"true","Variable":["A=1\\,2","B=3"]}
pbx1 Ping []
pbx1 QueueStatus {"Queue":"support"}
pbx2 QueueStatus {"Queue":"support"}
bool(true)
int(4)
