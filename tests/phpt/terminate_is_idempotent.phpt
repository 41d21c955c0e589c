--TEST--
terminate() ends what is pending, may be called again, and the manager can connect anew
--EXTENSIONS--
ami_client
--FILE--
<?php
require __DIR__ . '/fake.inc';

use Apn\AmiClient\Exception\{InvalidConnectionStateException, OutcomeUnknownException};
use Apn\AmiClient\{AmiClientManager, ConnectionState, DisconnectReason, GenericAction};

$fake = new Fake();
$ami = new AmiClientManager($fake->servers());
$ami->onStateChange(function (string $key, ConnectionState $from, ConnectionState $to, ?DisconnectReason $reason): void {
    if ($to === ConnectionState::Disconnected) {
        echo "$key {$from->value} -> {$to->value} {$reason?->value}\n";
    }
});
$ami->connectAll(wait: 20.0);
$pending = $ami->send(ringing(30.0));
$pending->onComplete(fn(?Throwable $error) => print($error::class . "\n"));
$ami->tick();
$ami->terminate(0.1);
$ami->terminate();
var_dump($pending->isFinished(), $pending->getException() instanceof OutcomeUnknownException);
try {
    $ami->server('pbx1')->send(new GenericAction('Ping'));
} catch (InvalidConnectionStateException $e) {
    echo $e->state->value, "\n";
}
var_dump($ami->connectAll(wait: 20.0), $ami->send(new GenericAction('Ping'))->await()->success);
foreach ([fn() => $ami->terminate(-1.0), fn() => $ami->connectAll(NAN), fn() => $ami->server('pbx1')->close(-0.5), fn() => $ami->tick(-1), fn() => $ami->tick(60001)] as $wrong) {
    try {
        $wrong();
    } catch (ValueError $e) {
        echo $e->getMessage(), "\n";
    }
}
var_dump(AmiClientManager::MAX_TICK_TIMEOUT_MS);
?>

--EXPECT--
Apn\AmiClient\Exception\OutcomeUnknownException
pbx1 closing -> disconnected requested
bool(true)
bool(true)
disconnected
array(0) {
}
bool(true)
terminate(): Argument #1 ($grace) must be a number of seconds, 0 or more
connectAll(): Argument #1 ($wait) must be a number of seconds, 0 or more
close(): Argument #1 ($grace) must be a number of seconds, 0 or more
Apn\AmiClient\AmiClientManager::tick(): Argument #1 ($timeoutMs) must be between 0 and 60000
Apn\AmiClient\AmiClientManager::tick(): Argument #1 ($timeoutMs) must be between 0 and 60000
int(60000)
