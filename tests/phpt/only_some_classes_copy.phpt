--TEST--
Actions, strategies, events, responses and gaps clone and serialize; everything else refuses both
--EXTENSIONS--
ami_client
--FILE--
<?php
use Apn\AmiClient\{AmiEvent, AsyncEventStrategy, ClientOptions, ClusterOptions, FollowsResponseStrategy, GenericAction, Glob, MultiEventStrategy, Response, ServerConfig, ServerRegistry, SingleResponseStrategy, TlsOptions};

$copies = [
    new GenericAction('Ping'),
    new SingleResponseStrategy(),
    new MultiEventStrategy(),
    new FollowsResponseStrategy(),
    new AsyncEventStrategy(),
    AmiEvent::fromArray('pbx1', ['Event' => 'Hangup']),
    Response::fromArray('pbx1', ['Response' => 'Success']),
];
foreach ($copies as $object) {
    var_dump((clone $object) == $object && unserialize(serialize($object)) == $object);
}
$refuse = [
    new ServerConfig('a', 'h', username: 'u', secret: 's'),
    new TlsOptions(),
    new ClientOptions(),
    new ClusterOptions(),
    new ServerRegistry(),
    new Glob('*'),
];
foreach ($refuse as $object) {
    foreach ([fn() => clone $object, fn() => serialize($object)] as $copy) {
        try {
            $copy();
            echo $object::class, " copied\n";
        } catch (Throwable $e) {
            echo $e->getMessage(), "\n";
        }
    }
}
?>

--EXPECT--
bool(true)
bool(true)
bool(true)
bool(true)
bool(true)
bool(true)
bool(true)
Trying to clone an uncloneable object of class Apn\AmiClient\ServerConfig
Serialization of 'Apn\AmiClient\ServerConfig' is not allowed
Trying to clone an uncloneable object of class Apn\AmiClient\TlsOptions
Serialization of 'Apn\AmiClient\TlsOptions' is not allowed
Trying to clone an uncloneable object of class Apn\AmiClient\ClientOptions
Serialization of 'Apn\AmiClient\ClientOptions' is not allowed
Trying to clone an uncloneable object of class Apn\AmiClient\ClusterOptions
Serialization of 'Apn\AmiClient\ClusterOptions' is not allowed
Trying to clone an uncloneable object of class Apn\AmiClient\ServerRegistry
Serialization of 'Apn\AmiClient\ServerRegistry' is not allowed
Trying to clone an uncloneable object of class Apn\AmiClient\Glob
Serialization of 'Apn\AmiClient\Glob' is not allowed
