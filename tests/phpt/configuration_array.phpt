--TEST--
fromConfig() builds a manager from config/ami.php; options of a server are merged over the general ones
--EXTENSIONS--
ami_client
--FILE--
<?php
require __DIR__ . '/fake.inc';

use Apn\AmiClient\Exception\{InvalidConfigurationException, UnknownServerException};
use Apn\AmiClient\{AmiClientManager, Routing, ServerConfig};

$config = [
    'default' => 'pbx2',
    'servers' => [
        'pbx1' => ['host' => '127.0.0.1', 'username' => 'u', 'secret' => 'hunter2'],
        'pbx2' => ['host' => '127.0.0.1', 'username' => 'u', 'secret' => 'hunter2', 'options' => ['read_timeout' => 10.0]],
        'pbx3' => new ServerConfig('pbx3', '127.0.0.1', username: 'u', secret: 'hunter2'),
    ],
    'options' => ['heartbeat_interval' => 5],
    'cluster' => ['stall_guard_ms' => 0],
];
$ami = AmiClientManager::fromConfig($config);
var_dump($ami->serverKeys(), $ami->default()->serverKey);
foreach ([
    ['default' => 'nope'],
    ['routing' => 'random'],
    ['routing' => 5],
    ['routng' => 'failover'],
    ['server' => []],
    ['servers' => 'pbx1'],
    ['servers' => ['pbx1' => 'localhost']],
    ['servers' => ['pbx1' => ['host' => 'x', 'username' => 'u', 'secret' => 'hunter2', 'options' => ['read_timeout' => 4]]]],
    ['servers' => ['pbx1' => ['host' => 'x', 'pasword' => 'hunter2']]],
    ['options' => ['heartbeat' => 1]],
    ['cluster' => ['stall_guard_ms' => 'soon']],
] as $change) {
    try {
        AmiClientManager::fromConfig($change + $config);
        echo "accepted\n";
    } catch (InvalidConfigurationException | UnknownServerException $e) {
        echo strlen($e->getMessage()) > 120 ? substr($e->getMessage(), 0, 90) . '…' : $e->getMessage(), "\n";
        assert(!str_contains((string) $e, 'hunter2'));
    }
}

$fake = new Fake(3);
$servers = array_column(array_map(fn(ServerConfig $server) => [$server->key, $server], $fake->servers()), 1, 0);
foreach ([null, 'round_robin', Routing::Failover] as $routing) {
    $ami = AmiClientManager::fromConfig(array_filter(['default' => 'pbx2', 'routing' => $routing, 'servers' => $servers]));
    $ami->connectAll(wait: 20.0);
    echo implode(' ', array_map(fn() => $ami->select()->serverKey, range(1, 4))), "\n";
    $ami->terminate(0.0);
}
?>

--EXPECT--
array(3) {
  [0]=>
  string(4) "pbx1"
  [1]=>
  string(4) "pbx2"
  [2]=>
  string(4) "pbx3"
}
string(4) "pbx2"
there is no server "nope": known are pbx1, pbx2, pbx3
routing is "random", must be default, round_robin, least_pending, failover
routing is an int, must be default, round_robin, least_pending, failover
unknown key "routng": did you mean "routing"?
unknown key "server": did you mean "servers"?
servers is a string, must be an array
servers.pbx1 is string, must be an array or ServerConfig
in servers.pbx1.options: heartbeatInterval is 5 s, must be less than readTimeout (4 s)
unknown key "pasword" in servers.pbx1: known are host, port, username, secret, tls, auth, event_mask, options
unknown key "heartbeat" in options: known are connect_timeout, login_timeout, read_timeout…
cluster.stall_guard_ms is a string, must be a whole number
pbx2 pbx2 pbx2 pbx2
pbx1 pbx2 pbx3 pbx1
pbx1 pbx1 pbx1 pbx1
