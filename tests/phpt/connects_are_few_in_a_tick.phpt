--TEST--
A tick starts maxConnectAttemptsPerTick connects at most, and the next ones go on
--EXTENSIONS--
ami_client
--FILE--
<?php
use Apn\AmiClient\ClusterOptions;
use Apn\AmiClient\ConnectionState;
use Apn\AmiClient\ServerHealth;
use Apn\AmiClient\Testing\FakeAsterisk;

$fake = new FakeAsterisk(['a', 'b', 'c', 'd', 'e']);
$ami = $fake->manager(cluster: new ClusterOptions(maxConnectAttemptsPerTick: 2));
$started = fn(): int => count(array_filter($ami->health(), fn(ServerHealth $server): bool => $server->state !== ConnectionState::Disconnected));
$ami->connectAll();
$counts = [$started()];
for ($ticks = 0; $ticks < 3; $ticks++) {
    $ami->tick();
    $counts[] = $started();
}
echo implode(' ', $counts), "\n";
var_dump($ami->connectAll(wait: 5.0));
?>
--EXPECT--
2 4 5 5
array(0) {
}
