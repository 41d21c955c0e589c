--TEST--
exit() in a listener ends the script: no other listener is called, shutdown functions run
--EXTENSIONS--
ami_client
--FILE--
<?php
require __DIR__ . '/fake.inc';

use Apn\AmiClient\AmiClientManager;

$fake = new Fake();
$ami = new AmiClientManager($fake->servers());
$ami->connectAll(wait: 20.0);
register_shutdown_function(function () use ($ami): void {
    echo "shutdown\n";
    $ami->terminate(0.1);
});
$ami->onEvent('UserEvent', function (): void {
    echo "exits\n";
    exit(0);
});
$ami->onEvent('UserEvent', fn() => print("must not be called\n"));
$ami->send(user_event('one'));
try {
    $ami->run();
} catch (Throwable) {
    echo "must not be caught\n";
} finally {
    echo "must not be run\n";
}
?>

--EXPECT--
exits
shutdown
