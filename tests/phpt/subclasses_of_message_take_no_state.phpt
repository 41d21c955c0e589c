--TEST--
A subclass of Message takes no serialized state, not even one with as many properties as an event
--EXTENSIONS--
ami_client
--FILE--
<?php
use Apn\AmiClient\AmiEvent;
use Apn\AmiClient\Message;

final class Plain extends Message
{
    public function __construct() {}
}
final class LikeAnEvent extends Message
{
    public readonly string $name;
    public readonly float $receivedAt;

    public function __construct() {}
}
final class Relayed extends Message
{
    public function __construct() {}

    public function __unserialize(array $data): void
    {
        parent::__unserialize($data);
    }
}

$event = AmiEvent::fromArray('pbx-1', ['Event' => 'Hangup', 'Channel' => 'PJSIP/100-00000001']);
foreach ([Plain::class, LikeAnEvent::class, Relayed::class] as $class) {
    $serialized = preg_replace('/^O:\d+:"[^"]+"/', sprintf('O:%d:"%s"', strlen($class), $class), serialize($event));
    $object = new $class();
    foreach ([
        'unserialize' => fn () => unserialize($serialized),
        '__unserialize' => fn () => $object->__unserialize($event->__serialize()),
        'get' => fn () => $object->get('Event'),
        'dimension' => fn () => $object['Event'],
        'serialize' => fn () => serialize($object),
    ] as $what => $attempt) {
        try {
            $attempt();
            echo "$what: no error\n";
        } catch (Error $e) {
            echo "$what: ", $e->getMessage(), "\n";
        }
    }
}
echo unserialize(serialize($event))['Channel'], "\n";
?>

--EXPECT--
unserialize: Invalid serialization data for Plain object
__unserialize: Invalid serialization data for Plain object
get: The Plain object has not been correctly initialized by its constructor
dimension: The Plain object has not been correctly initialized by its constructor
serialize: The Plain object has not been correctly initialized by its constructor
unserialize: Invalid serialization data for LikeAnEvent object
__unserialize: Invalid serialization data for LikeAnEvent object
get: The LikeAnEvent object has not been correctly initialized by its constructor
dimension: The LikeAnEvent object has not been correctly initialized by its constructor
serialize: The LikeAnEvent object has not been correctly initialized by its constructor
unserialize: Invalid serialization data for Relayed object
__unserialize: Invalid serialization data for Relayed object
get: The Relayed object has not been correctly initialized by its constructor
dimension: The Relayed object has not been correctly initialized by its constructor
serialize: The Relayed object has not been correctly initialized by its constructor
PJSIP/100-00000001
