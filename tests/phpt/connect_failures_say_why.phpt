--TEST--
open(wait) throws ConnectFailedException with the reason; connectAll(wait) returns it
--EXTENSIONS--
ami_client
--FILE--
<?php
require __DIR__ . '/fake.inc';

use Apn\AmiClient\Exception\ConnectFailedException;
use Apn\AmiClient\{AmiClientManager, DisconnectReason, ServerConfig};

$fake = new Fake();
$free = stream_socket_server('tcp://127.0.0.1:0');
$port = (int) substr(strrchr(stream_socket_get_name($free, false), ':'), 1);
fclose($free);
$ami = new AmiClientManager([
    ...$fake->servers(),
    new ServerConfig('badlogin', '127.0.0.1', $fake->ports[0], 'admin', 'wrong'),
    new ServerConfig('nobody', '127.0.0.1', $port, 'admin', 's3cret'),
]);
// A refused login is not tried again within these five seconds, so nobody waits for it.
$began = microtime(true);
try {
    $ami->server('badlogin')->open(wait: 5.0);
} catch (ConnectFailedException $e) {
    echo $e->getMessage(), "\n";
    var_dump($e->reason === DisconnectReason::AuthFailed, $e->serverKey, microtime(true) - $began < 4.0);
}
$failed = $ami->connectAll(wait: 0.4);
var_dump(array_keys($failed), $failed['nobody']);
try {
    $ami->server('nobody')->open(wait: 0.1);
} catch (ConnectFailedException $e) {
    echo preg_replace('/\(os error \d+\)/', '(os error)', str_replace((string) $port, 'PORT', $e->getMessage())), "\n";
}
var_dump($ami->server('pbx1')->open(wait: 1.0)->isReady());
?>

--EXPECT--
server `badlogin` is disconnected, not ready: auth_failed: Authentication failed
bool(true)
string(8) "badlogin"
bool(true)
array(2) {
  [0]=>
  string(8) "badlogin"
  [1]=>
  string(6) "nobody"
}
enum(Apn\AmiClient\DisconnectReason::Refused)
server `nobody` is disconnected, not ready: refused: 127.0.0.1:PORT: Connection refused (os error)
bool(true)
