--TEST--
changesSince(): what changed since a version, in parts, and a reset where that is not known
--EXTENSIONS--
ami_client
--FILE--
<?php
use Apn\AmiClient\Live\{Changes, LiveOptions};
use Apn\AmiClient\Testing\FakeAsterisk;

require __DIR__ . '/live.inc';

function told(Changes $changes): string
{
    $calls = array_map(fn($call) => $call->caller()->number . ($call->isOver() ? ' over' : ''), $changes->calls);

    return ($changes->isReset ? 'reset' : implode(', ', $calls)) . ($changes->hasMore ? ', more' : '');
}

$fake = new FakeAsterisk();
$phones = new Phones($fake);
$ami = $fake->manager();
$ami->connectAll(wait: 5.0);
$live = $ami->live(new LiveOptions(endedCalls: 2));
$live->await(5.0);
$first = $phones->talk('201');
$fake->advance(0.1);
$changes = $live->changesSince(0);
echo told($changes), "\n";
echo told($live->changesSince($changes->version)), "|\n";
$second = $phones->talk('301');
$third = $phones->talk('401');
$fake->advance(0.1);
$part = $live->changesSince($changes->version, max: 1);
echo told($part), "\n";
$rest = $live->changesSince($part->version);
echo told($rest), "\n";
foreach ($second as $id) {
    $phones->hangUp($id);
}
$phones->state($third[0], 6);
$fake->advance(0.1);
$next = $live->changesSince($rest->version);
echo told($next), "\n";
foreach ([...$first, ...$third] as $id) {
    $phones->hangUp($id);
}
$fake->advance(0.1);
echo told($live->changesSince($next->version)), "\n";
echo told($live->changesSince($rest->version)), "\n";
echo told($live->changesSince(PHP_INT_MAX)), ' ', told($live->changesSince(-1)), "\n";
?>
--EXPECT--
reset
|
301, more
401
301 over, 401
201 over, 401 over
reset
reset reset
