--TEST--
Options and configurations can neither be changed nor constructed twice
--EXTENSIONS--
ami_client
--FILE--
<?php
use Apn\AmiClient\{ClientOptions, ClusterOptions, GenericAction, Glob, MultiEventStrategy, ServerConfig, TlsOptions};

$objects = [
    [new ServerConfig('a', 'h', username: 'u', secret: 's'), 'key', ['b', 'h', 5038, 'u', 's']],
    [new TlsOptions(), 'caFile', []],
    [new ClientOptions(), 'readTimeout', []],
    [new ClusterOptions(), 'maxEventsPerTick', []],
    [new GenericAction('Ping'), 'name', ['Ping']],
    [new Glob('a*'), 'pattern', ['b*']],
    [new MultiEventStrategy(), 'maxMessages', []],
];
foreach ($objects as [$object, $property, $arguments]) {
    foreach ([
        function () use ($object, $property): void { $object->$property = 1; },
        function () use ($object): void { $object->unheardOf = 1; },
        function () use ($object, $arguments): void { $object->__construct(...$arguments); },
    ] as $attempt) {
        try {
            $attempt();
            echo "accepted\n";
        } catch (Error $e) {
            echo $e->getMessage(), "\n";
        }
    }
}
?>

--EXPECT--
Cannot modify readonly property Apn\AmiClient\ServerConfig::$key
Cannot create dynamic property Apn\AmiClient\ServerConfig::$unheardOf
Cannot modify readonly property Apn\AmiClient\ServerConfig::$key
Cannot modify readonly property Apn\AmiClient\TlsOptions::$caFile
Cannot create dynamic property Apn\AmiClient\TlsOptions::$unheardOf
Cannot modify readonly property Apn\AmiClient\TlsOptions::$caFile
Cannot modify readonly property Apn\AmiClient\ClientOptions::$readTimeout
Cannot create dynamic property Apn\AmiClient\ClientOptions::$unheardOf
Cannot modify readonly property Apn\AmiClient\ClientOptions::$connectTimeout
Cannot modify readonly property Apn\AmiClient\ClusterOptions::$maxEventsPerTick
Cannot create dynamic property Apn\AmiClient\ClusterOptions::$unheardOf
Cannot modify readonly property Apn\AmiClient\ClusterOptions::$maxEventsPerTick
Cannot modify readonly property Apn\AmiClient\GenericAction::$name
Cannot create dynamic property Apn\AmiClient\GenericAction::$unheardOf
Cannot modify readonly property Apn\AmiClient\GenericAction::$name
Cannot modify readonly property Apn\AmiClient\Glob::$pattern
Cannot create dynamic property Apn\AmiClient\Glob::$unheardOf
Cannot modify readonly property Apn\AmiClient\Glob::$pattern
Cannot modify readonly property Apn\AmiClient\MultiEventStrategy::$maxMessages
Cannot create dynamic property Apn\AmiClient\MultiEventStrategy::$unheardOf
Cannot modify readonly property Apn\AmiClient\MultiEventStrategy::$terminalEventNames
