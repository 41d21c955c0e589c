--TEST--
ServerConfig takes named arguments and shows everything but the secret
--EXTENSIONS--
ami_client
--FILE--
<?php
use Apn\AmiClient\{AuthMethod, ClientOptions, ServerConfig, TlsOptions};

$server = new ServerConfig(
    key: 'pbx1',
    host: 'pbx1.example.net',
    secret: 'hunter2',
    username: 'dialer',
    tls: new TlsOptions(serverName: 'pbx1'),
    options: new ClientOptions(readTimeout: 40.0),
    eventMask: 'call,agent',
);
printf("%s %s:%d %s %s\n", $server->key, $server->host, $server->port, $server->username, $server->eventMask);
var_dump($server->options->readTimeout, $server->tls->serverName, $server->auth === AuthMethod::Auto);
?>

--EXPECT--
pbx1 pbx1.example.net:5038 dialer call,agent
float(40)
string(4) "pbx1"
bool(true)
