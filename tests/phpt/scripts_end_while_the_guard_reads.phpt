--TEST--
exit(), a fatal error, an exception and an exhausted memory limit end a script as ever while the stall guard reads
--EXTENSIONS--
ami_client
pcntl
posix
--FILE--
<?php
require __DIR__ . '/guards.inc';

use Apn\AmiClient\AmiEvent;

$ends = [
    'exit' => static fn(): never => exit(7),
    'fatal error' => static fn(): mixed => eval('class Twice {} class Twice {}'),
    'memory' => static fn(): string => str_repeat('x', PHP_INT_MAX >> 8),
    // Of a callback, not of the listener, whose exceptions end nothing.
    'exception' => static fn(): never => throw new DomainException('out of the handler'),
];
$fake = new Fake(1, '--flood', '5000', '--write-timeout-ms', '0');
foreach ($ends as $what => $end) {
    $outcomes = [];
    for ($round = 0; $round < 10; $round++) {
        $outcomes[] = in_child(function () use ($fake, $end, $what): int {
            error_reporting(0);
            ini_set('display_errors', '0');
            [$ami, $other] = guarded($fake, 2);
            $ami->onEvent('*', function (AmiEvent $event) use ($ami, $end, $what): void {
                stay_away($ami);
                if ($what !== 'exception') {
                    $end();
                }
                pcntl_signal(SIGUSR1, $end);
                posix_kill(getmypid(), SIGUSR1);
                $ami->stop();
            });
            $ami->run();
            pcntl_signal_dispatch();

            return 1;
        });
    }
    echo $what, ': ', implode(', ', array_unique($outcomes)), "\n";
}
?>

--EXPECT--
exit: exit 7
fatal error: exit 255
memory: exit 255
exception: exit 255
