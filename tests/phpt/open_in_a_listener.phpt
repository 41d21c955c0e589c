--TEST--
open(wait) and close() inside a listener do I/O and dispatch nothing else
--EXTENSIONS--
ami_client
--FILE--
<?php
require __DIR__ . '/fake.inc';

use Apn\AmiClient\AmiClientManager;

$fake = new Fake(2);
$ami = new AmiClientManager($fake->servers());
$ami->server('pbx1')->open(wait: 20.0);
$inside = false;
$ami->onStateChange(function () use (&$inside): void {
    assert(!$inside, 'nothing is dispatched inside a listener');
});
$ami->onEvent('UserEvent', function () use ($ami, &$inside): void {
    $inside = true;
    $client = $ami->server('pbx2')->open(wait: 20.0);
    var_dump($client->isReady());
    $client->close();
    var_dump($client->isReady(), $ami->connectAll(wait: 20.0));
    $inside = false;
    $ami->stop();
});
$ami->send(user_event('one'));
$ami->run();
$ami->tick();
echo "done\n";
?>

--EXPECT--
bool(true)
bool(false)
array(0) {
}
done
