--TEST--
A listener forks while the stall guard reads a flood: the child may build a manager of its own, and the parent loses nothing
--EXTENSIONS--
ami_client
pcntl
--FILE--
<?php
require __DIR__ . '/guards.inc';

use Apn\AmiClient\{AmiEvent, ClientOptions};

// Room for all that comes, and a server that is patient with a busy machine.
$fake = new Fake(1, '--flood', '5000', '--write-timeout-ms', '0');
[$ami] = guarded($fake, 1, new ClientOptions(eventQueueCapacity: 1_000_000, eventQueueBytes: 1_073_741_824));
$forks = 0;
$last = 0;
$holes = 0;
$listening = $ami->onEvent('*', function (AmiEvent $event) use ($fake, $ami, &$forks, &$last, &$holes): void {
    $holes += $last > 0 ? $event->sequence - $last - 1 : 0;
    $last = $event->sequence;
    if ($forks < 10 && $event->sequence > $forks * 100) {
        $forks++;
        // The guard may hold the client now, and nobody in the child would ever let go of it.
        stay_away($ami);
        $end = in_child(static fn(): int => pings(guarded($fake, 1)[0]) ? 0 : 1);
        $end === 'exit 0' || exit("child $forks: $end\n");
    }
});
while ($forks < 10) {
    $ami->tick(100);
}
// What has piled up meanwhile need not be delivered.
$listening->cancel();
echo "$forks children, $holes events missing\n";
var_dump(pings($ami));
?>

--EXPECT--
10 children, 0 events missing
bool(true)
