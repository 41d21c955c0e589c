--TEST--
select() follows the routing: default, round robin, failover, least pending, or a callable
--EXTENSIONS--
ami_client
--FILE--
<?php
require __DIR__ . '/fake.inc';

use Apn\AmiClient\Exception\NoServerAvailableException;
use Apn\AmiClient\{AmiClientManager, GenericAction, Routing};

$fake = new Fake(3);
$ami = new AmiClientManager($fake->servers());
foreach (['pbx2', 'pbx3'] as $key) {
    $ami->server($key)->open(wait: 20.0);
}
$chosen = fn(int $times) => implode(' ', array_map(fn() => $ami->select()->serverKey, range(1, $times)));
try {
    $ami->select();
} catch (NoServerAvailableException $e) {
    echo $e->getMessage(), "\n";
}
$ami->setDefaultServer('pbx3');
echo $chosen(2), "\n";
var_dump($ami->routing(Routing::RoundRobin) === $ami);
echo $chosen(4), "\n";
$ami->routing(Routing::Failover);
echo $chosen(2), "\n";
$ami->send(ringing(5.0));
$ami->routing(Routing::LeastPending);
echo $chosen(2), "\n";
$ami->routing(function (array $clients) {
    echo implode(',', array_keys($clients)), ' ';
    return $clients['pbx2'];
});
echo $chosen(1), "\n";
foreach ([fn() => null, fn() => 'pbx2', fn() => (new AmiClientManager($fake->servers()))->server('pbx2')] as $router) {
    try {
        $ami->routing($router)->send(new GenericAction('Ping'));
    } catch (NoServerAvailableException $e) {
        echo $e->getMessage(), "\n";
    }
}
try {
    $ami->routing(fn() => throw new DomainException('from the router'))->select();
} catch (DomainException $e) {
    echo $e->getMessage(), "\n";
}
try {
    $ami->routing('round_robin');
} catch (TypeError $e) {
    echo $e->getMessage(), "\n";
}
?>

--EXPECT--
no server takes actions now: pbx1 is disconnected, pbx2 is ready, pbx3 is ready; see connectAll(wait: 5.0)
pbx3 pbx3
bool(true)
pbx2 pbx3 pbx2 pbx3
pbx2 pbx2
pbx3 pbx3
pbx2,pbx3 pbx2
the routing callable returned null, must be one of the clients it was given
the routing callable returned string, must be one of the clients it was given
the routing callable returned Apn\AmiClient\AmiClient, must be one of the clients it was given
from the router
Apn\AmiClient\AmiClientManager::routing(): Argument #1 ($routing) must be of type Apn\AmiClient\Routing|callable, string given
