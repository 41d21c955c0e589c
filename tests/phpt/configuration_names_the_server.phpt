--TEST--
fromConfig() says of which server and of which part the value is that it refuses
--EXTENSIONS--
ami_client
--FILE--
<?php
use Apn\AmiClient\AmiClientManager;
use Apn\AmiClient\Exception\InvalidConfigurationException;

$good = ['host' => 'x', 'username' => 'u', 'secret' => 'hunter2'];
foreach ([
    ['port' => 70_000],
    ['host' => ''],
    ['secret' => null],
    ['username' => "a\nb"],
    ['event_mask' => 'nonsense'],
    ['auth' => 'none'],
    ['options' => ['read_timeout' => 4]],
    ['options' => ['protected_events' => ['']]],
    ['tls' => ['ca_file' => '']],
    ['tls' => ['cert_file' => 'a.pem']],
] as $server) {
    try {
        AmiClientManager::fromConfig(['servers' => ['pbx1' => $good, 'pbx2' => $server + $good]]);
        echo "accepted\n";
    } catch (InvalidConfigurationException $e) {
        echo $e->getMessage(), "\n";
        assert(!str_contains((string) $e, 'hunter2'));
    }
}
foreach ([['options' => ['read_timeout' => -1]], ['cluster' => ['max_events_per_tick' => 0]]] as $config) {
    try {
        AmiClientManager::fromConfig(['servers' => ['pbx1' => $good]] + $config);
        echo "accepted\n";
    } catch (InvalidConfigurationException $e) {
        echo $e->getMessage(), "\n";
    }
}
?>
--EXPECT--
in servers.pbx2: port is 70000, must be 1 to 65535
in servers.pbx2: host is "", must be a host name or address without blanks
in servers.pbx2: secret is null, must be the account's secret
in servers.pbx2: username is "a\nb", must be an account of manager.conf, on one line, without blanks around it
in servers.pbx2: eventMask is "nonsense", must be on, off, auto or classes of system,call,log,verbose,command,agent,user,config,dtmf,reporting,cdr,dialplan,originate,agi,cc,aoc,test,security,message
servers.pbx2.auth is "none", must be auto, md5, plain
in servers.pbx2.options: heartbeatInterval is 15 s, must be less than readTimeout (4 s)
in servers.pbx2.options: protectedEvents is a list with an empty name, must be a list of names, * allowed
in servers.pbx2.tls: caFile is empty, must be a file, or null
in servers.pbx2.tls: keyFile is null, must be given with certFile
in options: readTimeout is -1 s, must be 0.1 s to 3600 s
in cluster: maxEventsPerTick is 0, must be 1 to 1000000
