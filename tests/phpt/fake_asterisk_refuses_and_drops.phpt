--TEST--
FakeAsterisk: refused logins and dropped sessions, and the way back
--EXTENSIONS--
ami_client
--FILE--
<?php
use Apn\AmiClient\{ConnectionState, DisconnectReason, Gap, GenericAction};
use Apn\AmiClient\Exception\OutcomeUnknownException;
use Apn\AmiClient\Testing\FakeAsterisk;

$fake = new FakeAsterisk(['pbx1', 'pbx2']);
$fake->refuseLogin('pbx2');
$ami = $fake->manager();
foreach ($ami->connectAll(wait: 5.0) as $server => $reason) {
    echo "$server: $reason->value\n";
}
$fake->refuseLogin('pbx2', false)->advance(600.0);
echo $ami->server('pbx2')->state()->value, "\n";

$ami->onStateChange(function (string $server, ConnectionState $from, ConnectionState $to, ?DisconnectReason $reason): void {
    if ($reason || $to === ConnectionState::Ready) {
        echo "$server: $to->value", $reason ? " $reason->value" : '', "\n";
    }
});
$ami->onGap(function (Gap $gap): void {
    echo "$gap->serverKey: gap\n";
});
$fake->ignore('Slow');
$pending = $ami->send(new GenericAction('Slow'), 'pbx1');
$ami->tick();
$fake->dropSession('pbx1')->advance(0.0);
try {
    $pending->await();
} catch (OutcomeUnknownException $e) {
    echo $e->getMessage(), "\n";
}
$fake->advance(60.0);
?>
--EXPECTF--
pbx2: auth_failed
ready
pbx1: disconnected peer_closed
%s `pbx1` %s
pbx1: ready
pbx1: gap
