--TEST--
stop() ends the run() that is on, else the next one, and a wait for sessions that is on, but none that begins later
--EXTENSIONS--
ami_client
--FILE--
<?php
use Apn\AmiClient\Exception\ConnectFailedException;
use Apn\AmiClient\Testing\FakeAsterisk;

$fake = new FakeAsterisk();
$ami = $fake->manager();
$pbx1 = $ami->server('pbx1');
$pbx1->open(wait: 5.0)->close();
$ami->stop();
var_dump($pbx1->open(wait: 5.0)->isReady());
$pbx1->close();
var_dump($ami->connectAll(wait: 5.0));
$ami->run();
echo "the next run ended\n";

$pbx1->close();
$fake->refuseLogin('pbx1');
$ami->onStateChange(fn() => $ami->stop());
try {
    $pbx1->open(wait: 5.0);
} catch (ConnectFailedException $e) {
    echo preg_replace('/is \w+,/', 'is …,', $e->getMessage()), "\n";
}
echo json_encode($ami->connectAll(wait: 5.0)), "\n";
?>
--EXPECT--
bool(true)
array(0) {
}
the next run ended
server `pbx1` is …, not ready: stop() ended the wait
{"pbx1":"auth_failed"}
