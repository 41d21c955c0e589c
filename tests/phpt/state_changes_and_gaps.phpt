--TEST--
onStateChange() tells every step, onGap() that events may be missing after a lost session
--EXTENSIONS--
ami_client
--FILE--
<?php
require __DIR__ . '/fake.inc';

use Apn\AmiClient\{AmiClientManager, ClientOptions, ConnectionState, DisconnectReason, Gap};

$fake = new Fake();
$ami = new AmiClientManager($fake->servers(new ClientOptions(reconnectMinDelay: 0.01, reconnectMaxDelay: 0.05)));
$server = $ami->server('pbx1');
$server->onStateChange(function (string $key, ConnectionState $from, ConnectionState $to, ?DisconnectReason $reason, string $detail): void {
    if ($to === ConnectionState::Ready || $from === ConnectionState::Ready) {
        echo "$key {$from->value} -> {$to->value} {$reason?->value}\n";
    }
});
$gaps = [];
$ami->onGap(function (Gap $gap) use (&$gaps, $ami): void {
    $gaps[] = $gap;
    $ami->stop();
});
$server->open(wait: 20.0);
$fake->kill();
$ami->run(until: fn(): bool => !$server->isReady());
$again = new Fake(1, '--port', (string) $fake->ports[0]);
$ami->run();
[$gap] = $gaps;
var_dump($gap->serverKey, $gap->reason, $gap->dropped, $gap->from > 1.6e9 && $gap->from <= $gap->to, (clone $gap) == $gap, unserialize(serialize($gap)) == $gap);
$ami->run(until: fn(): bool => $server->isReady());
var_dump($server->health()->reconnects > 0);
?>

--EXPECT--
pbx1 authenticating -> ready 
pbx1 ready -> disconnected peer_closed
pbx1 authenticating -> ready 
string(4) "pbx1"
enum(Apn\AmiClient\DisconnectReason::PeerClosed)
int(0)
bool(true)
bool(true)
bool(true)
bool(true)
