--TEST--
Edge::Parked comes each time a channel of a call is parked; a call that is fetched again is Connected and ends once
--EXTENSIONS--
ami_client
--FILE--
<?php
use Apn\AmiClient\Live\{Call, Edge};
use Apn\AmiClient\Testing\FakeAsterisk;

require __DIR__ . '/live.inc';

$fake = new FakeAsterisk();
$phones = new Phones($fake);
$ami = $fake->manager();
$ami->connectAll(wait: 5.0);
$live = $ami->live();
$live->await(5.0);
[$alice, $talker] = $phones->talk();
$fake->advance(0.1);

$live->onCall(function (Call $call, array $edges): void {
    echo "{$call->caller()->number} ", edges($edges), "\n";
}, edges: [Edge::Parked, Edge::Connected, Edge::Ended]);
foreach (['203', '204'] as $fetcher) {
    $phones->emit('ParkedCall', ['ParkeeUniqueid' => $alice, 'ParkingSpace' => '701']);
    $phones->hangUp($talker);
    $fake->advance(0.1);
    $talker = $phones->channel('PJSIP/carol', $fetcher);
    $phones->bridge("b-{$talker}", $talker, $alice);
    $fake->advance(0.1);
}
$phones->emit('ParkedCall', ['ParkeeUniqueid' => $alice]);
$phones->hangUp($talker);
$phones->hangUp($alice);
$phones->emit('ParkedCall', ['ParkeeUniqueid' => $alice]);
$fake->advance(0.1);
echo edges(Edge::cases()), "\n";
?>
--EXPECT--
201 parked
201 connected
201 parked
201 connected
201 parked+ended
started+ringing+answered+connected+held+resumed+transferred+parked+merged+ended
