--TEST--
Signals reach PHP's handlers beside the stall guard, which takes none: at once with pcntl_async_signals, else when they are dispatched
--EXTENSIONS--
ami_client
pcntl
posix
--FILE--
<?php
require __DIR__ . '/guards.inc';

$fake = new Fake(1, '--flood', '5000', '--write-timeout-ms', '0');
[$ami] = guarded($fake, 1);
foreach (glob('/proc/self/task/*') as $thread) {
    if ((int) basename($thread) !== posix_getpid()) {
        preg_match('/^SigBlk:\s*([0-9a-f]{8})([0-9a-f]{8})$/m', file_get_contents("$thread/status"), $blocked);
        $is_blocked = static fn(int $signal): bool => (bool) (
            hexdec($signal > 32 ? $blocked[1] : $blocked[2]) & (1 << (($signal - 1) % 32))
        );
        // Those that a thread makes itself, by a fault, are valgrind's own: it keeps them unblocked.
        $sent = array_diff(range(1, 31), [SIGILL, SIGTRAP, SIGBUS, SIGFPE, SIGSEGV, SIGSYS]);
        // Those that nobody can block are left.
        echo 'takes ', implode(', ', array_filter($sent, static fn(int $signal): bool => !$is_blocked($signal))), "\n";
    }
}

$calls = 0;
$handled = 0;
pcntl_signal(SIGUSR1, function () use (&$handled): void {
    $handled++;
});
$ami->onEvent('*', function () use ($ami, &$calls, &$handled): void {
    if (++$calls <= 3) {
        stay_away($ami);
        $before = $handled;
        posix_kill(posix_getpid(), SIGUSR1);
        $ami->health();
        echo pcntl_async_signals() ? 'async: ' : 'not async: ', $handled - $before, "\n";
    }
});
foreach ([true, false] as $async) {
    pcntl_async_signals($async);
    $calls = 0;
    while ($calls < 3) {
        $ami->tick(10);
    }
    pcntl_signal_dispatch();
}
echo "$handled handled\n";

// A signal ends the wait of a tick, so that a loop can look at what its handler did.
$quiet = guarded(new Fake(), 1)[0];
$quiet->tick();
pcntl_signal(SIGALRM, fn() => print("alarm\n"));
pcntl_alarm(1);
$began = hrtime(true);
$quiet->tick(60_000);
echo hrtime(true) - $began < 30e9 ? "woken\n" : "slept on\n";
pcntl_signal_dispatch();
?>

--EXPECT--
takes 9, 19
async: 1
async: 1
async: 1
not async: 0
not async: 0
not async: 0
6 handled
woken
alarm
