--TEST--
Exceptions share AmiThrowable, have SPL parents, and say where they came from
--EXTENSIONS--
ami_client
--FILE--
<?php
use Apn\AmiClient\Exception\{ActionTimeoutException, AmiException, AmiThrowable};

foreach ((new ReflectionExtension('ami_client'))->getClasses() as $class) {
    if ($class->isSubclassOf(Throwable::class) && !$class->isInterface()) {
        printf("%-32s %-24s %s\n", $class->getShortName(), $class->getParentClass()->getShortName(), $class->isSubclassOf(AmiThrowable::class) ? 'ok' : 'no');
    }
}
$cause = new LogicException('cause');
$e = new ActionTimeoutException('too late', serverKey: 'pbx1', actionId: 'pbx1:x:1', previous: $cause);
var_dump($e->getMessage(), $e->serverKey, $e->actionId, $e->getPrevious() === $cause, $e->getLine(), $e->getFile() === __FILE__, $e->getCode());
var_dump((new ActionTimeoutException())->serverKey, $e instanceof AmiException);
foreach ([fn() => $e->serverKey = 'x', fn() => new ActionTimeoutException(previous: new stdClass()), fn() => new ActionTimeoutException([])] as $wrong) {
    try {
        $wrong();
    } catch (Error $error) {
        echo $error->getMessage(), "\n";
    }
}
?>

--EXPECT--
InvalidConfigurationException    InvalidArgumentException ok
InvalidActionException           InvalidArgumentException ok
UnknownServerException           InvalidArgumentException ok
ReentrantTickException           LogicException           ok
ForkedProcessException           LogicException           ok
AmiException                     RuntimeException         ok
NoServerAvailableException       AmiException             ok
ConnectFailedException           AmiException             ok
InvalidConnectionStateException  AmiException             ok
BackpressureException            AmiException             ok
ActionNotSentException           AmiException             ok
ActionErrorResponseException     AmiException             ok
ActionTimeoutException           AmiException             ok
AwaitTimeoutException            AmiException             ok
OutcomeUnknownException          AmiException             ok
ActionCancelledException         AmiException             ok
ResponseTooLargeException        AmiException             ok
LiveUnavailableException         AmiException             ok
string(8) "too late"
string(4) "pbx1"
string(8) "pbx1:x:1"
bool(true)
int(10)
bool(true)
int(0)
NULL
bool(true)
Cannot modify readonly property Apn\AmiClient\Exception\AmiException::$serverKey
Apn\AmiClient\Exception\AmiException::__construct(): Argument #4 ($previous) must be of type ?Throwable, stdClass given
Apn\AmiClient\Exception\AmiException::__construct(): Argument #1 ($message) must be of type string, array given
