--TEST--
A fatal error in a listener ends the script without a crash, and shutdown functions still work
--EXTENSIONS--
ami_client
--FILE--
<?php
require __DIR__ . '/fake.inc';

use Apn\AmiClient\{AmiClientManager, GenericAction};

// Before the fake's own, which ends it.
register_shutdown_function(function () use (&$ami): void {
    error_reporting(-1);
    echo "shutdown\n";
    var_dump($ami->send(new GenericAction('Ping'))->await(5.0)->success);
});
$fake = new Fake();
$ami = new AmiClientManager($fake->servers());
$ami->connectAll(wait: 20.0);
$ami->onEvent('UserEvent', function (): void {
    error_reporting(0);
    eval('class Twice {} class Twice {}');
});
$ami->send(user_event('one'));
$ami->run();
?>

--EXPECT--
shutdown
bool(true)
