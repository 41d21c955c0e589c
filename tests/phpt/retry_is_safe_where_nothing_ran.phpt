--TEST--
isRetrySafe() is true only where the action surely did not run
--EXTENSIONS--
ami_client
--FILE--
<?php
namespace Apn\AmiClient\Exception;

foreach ((new \ReflectionExtension('ami_client'))->getClasses() as $name => $class) {
    if ($class->isSubclassOf(AmiThrowable::class) && $class->isInstantiable()) {
        printf("%-32s %s\n", $class->getShortName(), (new $name())->isRetrySafe() ? 'yes' : 'no');
    }
}
?>

--EXPECT--
InvalidConfigurationException    yes
InvalidActionException           yes
UnknownServerException           yes
ReentrantTickException           yes
ForkedProcessException           yes
NoServerAvailableException       yes
ConnectFailedException           yes
InvalidConnectionStateException  yes
BackpressureException            yes
ActionNotSentException           yes
ActionErrorResponseException     no
ActionTimeoutException           no
AwaitTimeoutException            no
OutcomeUnknownException          no
ActionCancelledException         no
ResponseTooLargeException        no
LiveUnavailableException         no
