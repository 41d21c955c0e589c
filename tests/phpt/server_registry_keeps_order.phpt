--TEST--
ServerRegistry holds servers by key in order, and refuses a key twice
--EXTENSIONS--
ami_client
--FILE--
<?php
use Apn\AmiClient\Exception\{InvalidConfigurationException, UnknownServerException};
use Apn\AmiClient\{ServerConfig, ServerRegistry};

$server = static fn(string $key): ServerConfig => new ServerConfig($key, 'h', username: 'u', secret: 's');
$registry = new ServerRegistry([$server('b')]);
var_dump($registry->add($server('a'))->add($server('7')) === $registry);
var_dump(count($registry), array_keys($registry->all()), $registry->has('a'), $registry->has('A'));
foreach ($registry as $key => $config) {
    echo $key, ' ', $config::class, ' ', $config->key, "\n";
}
foreach ([
    fn() => $registry->add($server('a')),
    fn() => $registry->get('nope'),
    fn() => (new ServerRegistry())->get("x\n"),
    fn() => new ServerRegistry([$server('a'), $server('a')]),
    fn() => new ServerRegistry(['pbx1' => 'localhost']),
] as $wrong) {
    try {
        $wrong();
    } catch (InvalidConfigurationException | UnknownServerException $e) {
        echo $e::class, ': ', $e->getMessage(), "\n";
    }
}
?>

--EXPECT--
bool(true)
int(3)
array(3) {
  [0]=>
  string(1) "b"
  [1]=>
  string(1) "a"
  [2]=>
  int(7)
}
bool(true)
bool(false)
b Apn\AmiClient\ServerConfig b
a Apn\AmiClient\ServerConfig a
7 Apn\AmiClient\ServerConfig 7
Apn\AmiClient\Exception\InvalidConfigurationException: key is "a", must be one that is not in use
Apn\AmiClient\Exception\UnknownServerException: there is no server "nope": known are b, a, 7
Apn\AmiClient\Exception\UnknownServerException: there is no server "x\n": there are none
Apn\AmiClient\Exception\InvalidConfigurationException: key is "a", must be one that is not in use
Apn\AmiClient\Exception\InvalidConfigurationException: servers[pbx1] is string, must be a ServerConfig
