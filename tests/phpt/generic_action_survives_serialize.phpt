--TEST--
GenericAction and the strategies survive clone and serialize, also through JSON, and forged strings are refused
--EXTENSIONS--
ami_client
--FILE--
<?php
use Apn\AmiClient\{AsyncEventStrategy, FollowsResponseStrategy, GenericAction, MultiEventStrategy, SingleResponseStrategy, TimeoutBehavior};

foreach ([
    new GenericAction('Originate', ['Channel' => "Local/caf\xe9", 'Variable' => ['A' => 'b']], new AsyncEventStrategy()),
    new SingleResponseStrategy(5),
    new FollowsResponseStrategy(),
    new MultiEventStrategy(['PeerlistComplete'], 1000, 50, TimeoutBehavior::Partial),
    new AsyncEventStrategy(maxMessages: 5),
] as $object) {
    $copy = unserialize(serialize($object));
    var_dump($copy == $object, $copy !== $object, (clone $object) == $object);
}
foreach ([
    ['Name' => "J\xf6rg"],
    ['Name' => 'Jörg', 'Number' => 5, 'Flag' => true, 'Rate' => 0.5],
    ['Variable' => ["caf\xe9" => "\xff\xfe", 'B' => 'ü'], 'Many' => ["\x80", 'x', 7]],
] as $parameters) {
    $action = new GenericAction('Originate', $parameters, new AsyncEventStrategy());
    $copy = unserialize(json_decode(json_encode(serialize($action), JSON_THROW_ON_ERROR)));
    var_dump($copy == $action && $copy->parameters === $parameters);
}
foreach ([
    'O:27:"Apn\AmiClient\GenericAction":3:{s:4:"name";s:4:"Ping";s:6:"latin1";i:5;s:8:"strategy";N;}',
    'O:27:"Apn\AmiClient\GenericAction":3:{s:4:"name";s:4:"Ping";s:6:"latin1";a:1:{s:1:"A";s:3:"€";}s:8:"strategy";N;}',
    'O:27:"Apn\AmiClient\GenericAction":0:{}',
    'O:27:"Apn\AmiClient\GenericAction":3:{s:4:"name";s:6:"a' . "\r\n" . 'b:c";s:10:"parameters";a:0:{}s:8:"strategy";N;}',
    'O:27:"Apn\AmiClient\GenericAction":3:{s:4:"name";s:4:"Ping";s:10:"parameters";a:0:{}s:8:"strategy";O:8:"stdClass":0:{}}',
    'O:27:"Apn\AmiClient\GenericAction":3:{s:4:"name";i:5;s:10:"parameters";a:0:{}s:8:"strategy";N;}',
    'O:36:"Apn\AmiClient\SingleResponseStrategy":1:{s:13:"maxDurationMs";i:-5;}',
    'O:32:"Apn\AmiClient\MultiEventStrategy":0:{}',
] as $forged) {
    try {
        var_dump(unserialize($forged));
    } catch (Throwable $e) {
        echo $e::class, ': ', $e->getMessage(), "\n";
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
bool(true)
bool(true)
bool(true)
bool(true)
bool(true)
bool(true)
bool(true)
bool(true)
bool(true)
bool(true)
bool(true)
Error: Invalid serialization data for Apn\AmiClient\GenericAction object
Error: Invalid serialization data for Apn\AmiClient\GenericAction object
Error: Invalid serialization data for Apn\AmiClient\GenericAction object
Apn\AmiClient\Exception\InvalidActionException: action `a\r\nb:c` is invalid: header `Action` holds CR, which would end its line
Error: Invalid serialization data for Apn\AmiClient\GenericAction object
Error: Invalid serialization data for Apn\AmiClient\GenericAction object
Apn\AmiClient\Exception\InvalidActionException: completion strategy is invalid: maxDurationMs is -5, must be at least 1, or null
Error: Invalid serialization data for Apn\AmiClient\MultiEventStrategy object
