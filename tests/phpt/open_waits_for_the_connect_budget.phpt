--TEST--
open(wait) waits for its turn where the connect budget is spent, and for a server that was closed before
--EXTENSIONS--
ami_client
--FILE--
<?php
use Apn\AmiClient\ClusterOptions;
use Apn\AmiClient\Exception\ConnectFailedException;
use Apn\AmiClient\Testing\FakeAsterisk;

$fake = new FakeAsterisk();
$ami = $fake->manager(cluster: new ClusterOptions(maxConnectAttemptsPerSecond: 1));
$pbx1 = $ami->server('pbx1');
$pbx1->open(wait: 5.0);
$fake->dropSession('pbx1');
$ami->tick();
echo $pbx1->state()->value, ' by ', $pbx1->health()->lastDisconnect->value, "\n";
var_dump($pbx1->open(wait: 5.0)->isReady());

// The next turn comes a second later: that the session before was closed on request is no reason.
$pbx1->close();
try {
    $pbx1->open(wait: 0.1);
} catch (ConnectFailedException $e) {
    var_dump($e->reason);
    echo $e->getMessage(), "\n";
}
?>
--EXPECT--
disconnected by peer_closed
bool(true)
NULL
server `pbx1` is disconnected, not ready: the time was over
