--TEST--
No class can be had without what makes it: not by new, Reflection, unserialize or a subclass
--EXTENSIONS--
ami_client
--FILE--
<?php
foreach ((new ReflectionExtension('ami_client'))->getClasses() as $name => $class) {
    if ($class->isInterface() || $class->isEnum() || $class->isAbstract()) {
        continue;
    }
    try {
        $class->newInstanceWithoutConstructor();
        echo "$name: hollow by Reflection\n";
    } catch (ReflectionException) {
    }
    if ($class->isSubclassOf(Throwable::class)) {
        continue;
    }
    try {
        unserialize(sprintf('O:%d:"%s":0:{}', strlen($name), $name));
        echo "$name: hollow by unserialize\n";
    } catch (Throwable) {
    }
    if ($class->getConstructor()?->isPrivate()) {
        try {
            new $name();
            echo "$name: hollow by new\n";
        } catch (Error $e) {
            echo $e->getMessage(), "\n";
        }
    }
}
final class Forged extends Apn\AmiClient\Message
{
    public function __construct() {}
}
try {
    (new Forged())->get('Event');
} catch (Error $e) {
    echo $e->getMessage(), "\n";
}
?>

--EXPECT--
Call to private Apn\AmiClient\PendingAction::__construct() from global scope
Call to private Apn\AmiClient\Subscription::__construct() from global scope
Call to private Apn\AmiClient\Gap::__construct() from global scope
Call to private Apn\AmiClient\Message::__construct() from global scope
Call to private Apn\AmiClient\Message::__construct() from global scope
Call to private Apn\AmiClient\TickSummary::__construct() from global scope
Call to private Apn\AmiClient\ServerHealth::__construct() from global scope
Call to private Apn\AmiClient\AmiClient::__construct() from global scope
Call to private Apn\AmiClient\Live\Party::__construct() from global scope
Call to private Apn\AmiClient\Live\Attempt::__construct() from global scope
Call to private Apn\AmiClient\Live\Call::__construct() from global scope
Call to private Apn\AmiClient\Live\Channel::__construct() from global scope
Call to private Apn\AmiClient\Live\CallIterator::__construct() from global scope
Call to private Apn\AmiClient\Live\Calls::__construct() from global scope
Call to private Apn\AmiClient\Live\Changes::__construct() from global scope
Call to private Apn\AmiClient\Live\PendingCall::__construct() from global scope
Call to private Apn\AmiClient\Live\QueueMember::__construct() from global scope
Call to private Apn\AmiClient\Live\QueueCaller::__construct() from global scope
Call to private Apn\AmiClient\Live\Queue::__construct() from global scope
Call to private Apn\AmiClient\Live\Model::__construct() from global scope
Call to private Apn\AmiClient\Testing\FakeCall::__construct() from global scope
Call to private Apn\AmiClient\Testing\FakeQueueCaller::__construct() from global scope
Call to private Apn\AmiClient\Testing\FakeQueue::__construct() from global scope
The Forged object has not been correctly initialized by its constructor

