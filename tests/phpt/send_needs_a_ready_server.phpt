--TEST--
send() on a server that is not Ready throws at once, with the state and the way out
--EXTENSIONS--
ami_client
--FILE--
<?php
require __DIR__ . '/fake.inc';

use Apn\AmiClient\Exception\{AmiException, InvalidConnectionStateException};
use Apn\AmiClient\{AmiClientManager, ConnectionState, GenericAction, ServerConfig};

$ami = new AmiClientManager([new ServerConfig('pbx1', '127.0.0.1', 1, 'u', 's')]);
try {
    $ami->server('pbx1')->send(new GenericAction('Ping'));
} catch (InvalidConnectionStateException $e) {
    echo $e->getMessage(), "\n";
    var_dump($e->serverKey, $e->state === ConnectionState::Disconnected, $e->isRetrySafe(), $e->getLine());
}
foreach ([
    fn() => $ami->send(new GenericAction('Ping')),
    fn() => $ami->send(new GenericAction('Ping'), 'pbx1'),
    fn() => $ami->sendAll(new GenericAction('Ping'), ['pbx1']),
    fn() => $ami->select(),
    fn() => (new AmiClientManager())->select(),
    fn() => (new AmiClientManager())->default(),
] as $wrong) {
    try {
        $wrong();
    } catch (AmiException $e) {
        echo $e::class, ': ', $e->getMessage(), "\n";
    }
}
var_dump($ami->sendAll(new GenericAction('Ping')));

$fake = new Apn\AmiClient\Testing\FakeAsterisk(['pbx1', 'pbx2']);
$fake->refuseLogin('pbx2');
$ami = $fake->manager();
$ami->connectAll(wait: 5.0);
foreach ([
    fn() => $ami->send(new GenericAction('Ping'), 'pbx2'),
    fn() => $ami->sendAll(new GenericAction('Ping'), ['pbx1', 'pbx2']),
    fn() => $ami->server('pbx1')->close() ?? $ami->select(),
] as $wrong) {
    try {
        $wrong();
    } catch (AmiException $e) {
        echo $e->getMessage(), "\n";
    }
}
?>

--EXPECT--
action `Ping` was not sent: server `pbx1` is disconnected, not ready; open it first: server('pbx1')->open(wait: 5.0), or connectAll(wait: 5.0)
string(4) "pbx1"
bool(true)
bool(true)
int(9)
Apn\AmiClient\Exception\NoServerAvailableException: no server takes actions now: pbx1 is disconnected; see connectAll(wait: 5.0)
Apn\AmiClient\Exception\InvalidConnectionStateException: action `Ping` was not sent: server `pbx1` is disconnected, not ready; open it first: server('pbx1')->open(wait: 5.0), or connectAll(wait: 5.0)
Apn\AmiClient\Exception\InvalidConnectionStateException: action was not sent: server `pbx1` is disconnected, not ready; open it first: server('pbx1')->open(wait: 5.0), or connectAll(wait: 5.0)
Apn\AmiClient\Exception\NoServerAvailableException: no server takes actions now: pbx1 is disconnected; see connectAll(wait: 5.0)
Apn\AmiClient\Exception\NoServerAvailableException: no server takes actions now: the manager has none; see connectAll(wait: 5.0)
Apn\AmiClient\Exception\NoServerAvailableException: the manager has no servers
array(0) {
}
action `Ping` was not sent: server `pbx2` is disconnected (auth_failed), not ready; open it first: server('pbx2')->open(wait: 5.0), or connectAll(wait: 5.0)
action was not sent: server `pbx2` is disconnected (auth_failed), not ready; open it first: server('pbx2')->open(wait: 5.0), or connectAll(wait: 5.0)
no server takes actions now: pbx1 is disconnected (requested), pbx2 is disconnected (auth_failed); see connectAll(wait: 5.0)
