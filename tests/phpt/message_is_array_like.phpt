--TEST--
A message reads like an array, counts and iterates its headers, and refuses writes
--EXTENSIONS--
ami_client
--FILE--
<?php
use Apn\AmiClient\AmiEvent;

$event = AmiEvent::fromArray('pbx1', ['Event' => 'Hangup', 'Cause' => '16', 'Variable' => ['a', 'b']]);
var_dump($event['CAUSE'], isset($event['cause']), isset($event['nope']), empty($event['cause']), $event['nope'] ?? 'default', $event['nope']);
var_dump(count($event), iterator_to_array($event) === $event->getHeaders(), json_encode($event));
foreach ([
    function () use ($event) { $event['Cause'] = '17'; },
    function () use ($event) { unset($event['Cause']); },
    fn() => $event[[]],
    fn() => $event[1.5],
    function () use ($event) { $event->name = 'x'; },
    function () use ($event) { $event->other = 'x'; },
] as $wrong) {
    try {
        $wrong();
    } catch (Error $e) {
        echo $e::class, ': ', $e->getMessage(), "\n";
    }
}
try {
    json_encode(AmiEvent::fromArray('pbx1', ['Event' => 'X', 'Name' => "caf\xe9"]), JSON_THROW_ON_ERROR);
} catch (JsonException $e) {
    echo $e->getMessage(), "\n";
}
echo json_encode(AmiEvent::fromArray('pbx1', ['Event' => 'X', 'Name' => "caf\xe9"]), JSON_INVALID_UTF8_SUBSTITUTE), "\n";
?>

--EXPECT--
string(2) "16"
bool(true)
bool(false)
bool(false)
string(7) "default"
NULL
int(3)
bool(true)
string(52) "{"event":"Hangup","cause":"16","variable":["a","b"]}"
Error: Cannot modify the headers of Apn\AmiClient\AmiEvent: they are what Asterisk sent
Error: Cannot modify the headers of Apn\AmiClient\AmiEvent: they are what Asterisk sent
TypeError: Cannot access offset of type array on Apn\AmiClient\AmiEvent
TypeError: Cannot access offset of type float on Apn\AmiClient\AmiEvent
Error: Cannot modify readonly property Apn\AmiClient\AmiEvent::$name
Error: Cannot create dynamic property Apn\AmiClient\AmiEvent::$other
Malformed UTF-8 characters, possibly incorrectly encoded
{"event":"X","name":"caf\ufffd"}
