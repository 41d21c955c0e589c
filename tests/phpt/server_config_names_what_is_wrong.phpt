--TEST--
ServerConfig refuses what cannot be, naming the field and never the secret
--EXTENSIONS--
ami_client
--FILE--
<?php
use Apn\AmiClient\Exception\InvalidConfigurationException;
use Apn\AmiClient\ServerConfig;

$wrong = [
    'key' => fn() => new ServerConfig('pbx 1', 'h', username: 'u', secret: 'hunter2'),
    'empty key' => fn() => new ServerConfig('', 'h', username: 'u', secret: 'hunter2'),
    'host' => fn() => new ServerConfig('a', "h\n", username: 'u', secret: 'hunter2'),
    'port' => fn() => new ServerConfig('a', 'h', 65536, 'u', 'hunter2'),
    'port 0' => fn() => new ServerConfig('a', 'h', 0, 'u', 'hunter2'),
    'no username' => fn() => new ServerConfig('a', 'h', secret: 'hunter2'),
    'empty username' => fn() => new ServerConfig('a', 'h', username: '', secret: 'hunter2'),
    'no secret' => fn() => new ServerConfig('a', 'h', username: 'u'),
    'empty secret' => fn() => new ServerConfig('a', 'h', username: 'u', secret: ''),
    'secret of two lines' => fn() => new ServerConfig('a', 'h', username: 'u', secret: "hunter2\r\nAction: x"),
    'long secret' => fn() => new ServerConfig('a', 'h', username: 'u', secret: str_repeat('hunter2', 200)),
    'mask' => fn() => new ServerConfig('a', 'h', username: 'u', secret: 'hunter2', eventMask: 'cal'),
];
foreach ($wrong as $what => $make) {
    try {
        $make();
        echo "$what: accepted\n";
    } catch (InvalidConfigurationException $e) {
        echo $e->getMessage(), "\n";
        assert(!str_contains((string) $e, 'hunter2'));
    }
}
?>

--EXPECT--
key is "pbx 1", must be 1 to 32 of A-Za-z0-9._-
key is "", must be 1 to 32 of A-Za-z0-9._-
host is "h\n", must be a host name or address without blanks
port is 65536, must be 1 to 65535
port is 0, must be 1 to 65535
username is null, must be an account of manager.conf
username is "", must be an account of manager.conf, on one line, without blanks around it
secret is null, must be the account's secret
secret is empty, must be the account's secret, on one line of at most 1,014 bytes
secret is not on one line, must be the account's secret, on one line of at most 1,014 bytes
secret is too long, must be the account's secret, on one line of at most 1,014 bytes
eventMask is "cal", must be on, off, auto or classes of system,call,log,verbose,command,agent,user,config,dtmf,reporting,cdr,dialplan,originate,agi,cc,aoc,test,security,message
