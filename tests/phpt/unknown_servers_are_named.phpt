--TEST--
A key that is not configured throws UnknownServerException with those that are
--EXTENSIONS--
ami_client
--FILE--
<?php
require __DIR__ . '/fake.inc';

use Apn\AmiClient\Exception\{InvalidConfigurationException, UnknownServerException};
use Apn\AmiClient\{AmiClientManager, GenericAction, ServerConfig};

$server = static fn(string $key): ServerConfig => new ServerConfig($key, '127.0.0.1', 1, 'u', 's');
$ami = new AmiClientManager([$server('pbx1')]);
$client = $ami->addServer($server('pbx2'));
var_dump($client->serverKey, $ami->serverKeys(), $ami->default()->serverKey);
$ami->setDefaultServer('pbx2');
var_dump($ami->default()->serverKey);
$ami->removeServer('pbx2');
var_dump($ami->serverKeys(), $ami->default()->serverKey, $client->state());
foreach ([
    fn() => $ami->server('nope'),
    fn() => $ami->setDefaultServer('nope'),
    fn() => $ami->removeServer('nope'),
    fn() => $ami->send(new GenericAction('Ping'), 'nope'),
    fn() => $ami->sendAll(new GenericAction('Ping'), ['pbx1', 'nope']),
    fn() => $client->send(new GenericAction('Ping')),
    fn() => $client->open(),
    fn() => $client->health(),
    fn() => $ami->addServer($server('pbx1')),
] as $wrong) {
    try {
        $wrong();
        echo "accepted\n";
    } catch (UnknownServerException | InvalidConfigurationException $e) {
        echo $e::class, ': ', $e->getMessage(), "\n";
    }
}
?>

--EXPECT--
string(4) "pbx2"
array(2) {
  [0]=>
  string(4) "pbx1"
  [1]=>
  string(4) "pbx2"
}
string(4) "pbx1"
string(4) "pbx2"
array(1) {
  [0]=>
  string(4) "pbx1"
}
string(4) "pbx1"
enum(Apn\AmiClient\ConnectionState::Disconnected)
Apn\AmiClient\Exception\UnknownServerException: there is no server "nope": known are pbx1
Apn\AmiClient\Exception\UnknownServerException: there is no server "nope": known are pbx1
Apn\AmiClient\Exception\UnknownServerException: there is no server "nope": known are pbx1
Apn\AmiClient\Exception\UnknownServerException: there is no server "nope": known are pbx1
Apn\AmiClient\Exception\UnknownServerException: there is no server "nope": known are pbx1
Apn\AmiClient\Exception\UnknownServerException: there is no server "pbx2": known are pbx1
Apn\AmiClient\Exception\UnknownServerException: there is no server "pbx2": known are pbx1
Apn\AmiClient\Exception\UnknownServerException: there is no server "pbx2": known are pbx1
Apn\AmiClient\Exception\InvalidConfigurationException: key is "pbx1", must be a key that no other server of the manager has
