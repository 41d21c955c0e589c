--TEST--
ServerConfig::fromArray() reads the array of config/ami.php and refuses unknown keys
--EXTENSIONS--
ami_client
--FILE--
<?php
use Apn\AmiClient\Exception\InvalidConfigurationException;
use Apn\AmiClient\{AuthMethod, DropPolicy, ServerConfig};

$server = ServerConfig::fromArray('pbx1', [
    'host' => '127.0.0.1',
    'port' => '5039',
    'username' => 'u',
    'secret' => 'hunter2',
    'tls' => ['verify_peer' => false],
    'auth' => 'plain',
    'event_mask' => 'auto',
    'options' => ['read_timeout' => 60, 'drop_policy' => 'newest'],
]);
var_dump($server->port, $server->tls->verifyPeer, $server->auth === AuthMethod::Plain, $server->options->readTimeout);
var_dump($server->options->dropPolicy === DropPolicy::Newest);
$base = ['host' => 'h', 'username' => 'u', 'secret' => 'hunter2'];
var_dump(ServerConfig::fromArray('a', [...$base, 'tls' => true])->tls->verifyPeer);
var_dump(ServerConfig::fromArray('a', [...$base, 'tls' => false])->tls);

foreach ([
    ['usernam' => 'u'],
    ['options' => ['read_timout' => 1]],
    ['options' => ['readTimeout' => 1]],
    ['options' => 5],
    ['auth' => 'kerberos'],
    ['tls' => ['ca' => 'x']],
    ['tls' => 'yes'],
    ['port' => 'imap'],
    ['secret' => ['hunter2']],
    ['host' => null],
    ['something'],
] as $wrong) {
    try {
        ServerConfig::fromArray('pbx1', $wrong + $base);
    } catch (InvalidConfigurationException $e) {
        echo $e->getMessage(), "\n";
    }
}
?>

--EXPECT--
int(5039)
bool(false)
bool(true)
float(60)
bool(true)
bool(true)
NULL
unknown key "usernam": did you mean "username"?
unknown key "read_timout" in options: did you mean "read_timeout"?
unknown key "readTimeout" in options: did you mean "read_timeout"?
options is int, must be an array or ClientOptions
auth is "kerberos", must be auto, md5, plain
unknown key "ca" in tls: known are ca_file, server_name, verify_peer, cert_file, key_file
tls is string, must be true, false, an array or TlsOptions
port is a string, must be a whole number
secret is an array, must be a string
host is "", must be a host name or address without blanks
unknown key "0": known are host, port, username, secret, tls, auth, event_mask, options
