--TEST--
Events and responses survive serialize with raw headers, numbers and times, also through JSON
--EXTENSIONS--
ami_client
--FILE--
<?php
use Apn\AmiClient\{AmiEvent, Response};

foreach (['plain', "caf\xe9", "\u{e9}"] as $name) {
    $event = AmiEvent::fromArray('pbx1', ['Event' => 'X', 'Name' => $name, 'R' => ['1', '2']]);
    $copy = unserialize(json_decode(json_encode(serialize($event), JSON_THROW_ON_ERROR)));
    var_dump($copy == $event, $copy->getRawHeaders() === $event->getRawHeaders(), $copy->receivedAt === $event->receivedAt);
}
$response = Response::fromArray('pbx1', ['Response' => 'Error', 'Message' => 'No such channel']);
$copy = unserialize(serialize($response));
var_dump($copy == $response, $copy->getMessage(), $copy->success, $copy->partial, $copy->getEvents(), $copy->getCompleteEvent());
foreach ([
    'O:22:"Apn\AmiClient\AmiEvent":0:{}',
    str_replace('Event:', 'Evant:', serialize(AmiEvent::fromArray('pbx1', ['Event' => 'X']))),
    str_replace('pbx1', 'pb 1', serialize(AmiEvent::fromArray('pbx1', ['Event' => 'X']))),
    str_replace('s:6:"events";a:0:{}', 's:6:"events";a:1:{i:0;i:5;}', serialize($response)),
] as $forged) {
    try {
        var_dump(unserialize($forged));
    } catch (Error $e) {
        echo $e->getMessage(), "\n";
    }
}
try {
    $event->__unserialize($copy->__serialize());
} catch (Error $e) {
    echo $e->getMessage(), "\n";
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
string(15) "No such channel"
bool(false)
bool(false)
array(0) {
}
NULL
Invalid serialization data for Apn\AmiClient\AmiEvent object
Invalid serialization data for Apn\AmiClient\AmiEvent object
Invalid serialization data for Apn\AmiClient\AmiEvent object
Invalid serialization data for Apn\AmiClient\Response object
Invalid serialization data for Apn\AmiClient\AmiEvent object
