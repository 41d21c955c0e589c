--TEST--
A printed trace shows SensitiveParameterValue in place of a secret
--EXTENSIONS--
ami_client
--INI--
zend.exception_ignore_args=0
--FILE--
<?php
use Apn\AmiClient\ServerConfig;

foreach ([
    fn() => new ServerConfig('pbx1', 'localhost', 0, 'u', 'hunter2'),
    fn() => ServerConfig::fromArray('pbx1', ['host' => 'localhost', 'port' => 0, 'username' => 'u', 'secret' => 'hunter2']),
] as $make) {
    try {
        $make();
    } catch (Exception $e) {
        echo strstr(explode("\n", $e->getTraceAsString())[0], 'Apn'), "\n";
        var_dump(str_contains((string) $e, 'hunter2'), $e->getLine());
    }
}
?>

--EXPECT--
Apn\AmiClient\ServerConfig->__construct('pbx1', 'localhost', 0, 'u', Object(SensitiveParameterValue))
bool(false)
int(5)
Apn\AmiClient\ServerConfig::fromArray('pbx1', Object(SensitiveParameterValue))
bool(false)
int(6)
