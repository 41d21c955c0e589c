--TEST--
A stall guard with nothing to do does not wake, neither beside a tick that waits nor beside an event loop
--EXTENSIONS--
ami_client
--FILE--
<?php
require __DIR__ . '/guards.inc';

/** How often every thread but PHP's own woke. */
function wakes(): int
{
    $count = 0;
    foreach (glob('/proc/self/task/*/status') as $status) {
        if ((int) basename(dirname($status)) !== getmypid()) {
            preg_match('/^voluntary_ctxt_switches:\s*(\d+)/m', file_get_contents($status), $found);
            $count += (int) $found[1];
        }
    }

    return $count;
}

[$ami] = guarded(new Fake(), 1);
// What the login had to say is over when its thread waits.
$ami->tick(300);
foreach (['tick' => fn() => $ami->tick(1_500), 'select' => function () use ($ami): void {
    $read = [$ami->getStream()];
    $write = $except = null;
    stream_select($read, $write, $except, 1, 500_000);
}] as $what => $wait) {
    $before = wakes();
    $wait();
    echo $what, ': ', wakes() - $before, "\n";
}
?>

--EXPECT--
tick: 0
select: 0
