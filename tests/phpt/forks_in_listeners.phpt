--TEST--
In a child that a listener forked the tick goes no further: it throws, and the parent alone calls the other listeners
--EXTENSIONS--
ami_client
pcntl
--FILE--
<?php
require __DIR__ . '/guards.inc';

use Apn\AmiClient\Exception\ForkedProcessException;
use Apn\AmiClient\GenericAction;

$fake = new Fake();
[$ami] = guarded($fake, 1);
$parent = getmypid();
$fork = static function (?string $throws = null): void {
    flush();
    $child = pcntl_fork();
    if ($child > 0) {
        pcntl_waitpid($child, $status);
    } elseif ($throws !== null) {
        throw new DomainException($throws);
    }
};
$tell = static fn(string $what): mixed => print((getmypid() === $parent ? 'parent' : 'child') . ": $what\n");
$ami->onListenerError(static fn(Throwable $e): mixed => $tell($e->getMessage()));
$ami->onEvent('UserEvent', static fn($event) => $fork($event['Throws'] ?? null));
$ami->onEvent('UserEvent', static fn($event) => $tell($event['UserEvent']));

$ends = [
    'tick' => static fn() => $ami->tick(1_000),
    'run' => static fn() => $ami->run(static fn(): bool => true),
    'await' => static fn() => $ami->send(new GenericAction('Ping'))->await(),
];
foreach ($ends as $what => $end) {
    foreach ([[], ['Throws' => 'thrown']] as $headers) {
        $ami->send(user_event($what, $headers));
        $told = false;
        $once = $ami->onEvent('UserEvent', static function () use (&$told): void {
            $told = true;
        });
        try {
            while (!$told) {
                $end();
            }
        } catch (ForkedProcessException $e) {
            $tell(get_debug_type($e));
            exit;
        }
        $once->cancel();
    }
}

// A callback of an action, too.
$ami->send(new GenericAction('Ping'))->onComplete(static fn() => $fork())->onComplete(static fn() => $tell('completed'));
try {
    while ($ami->tick(1_000)->actionsCompleted === 0);
} catch (ForkedProcessException $e) {
    $tell(get_debug_type($e));
    exit;
}
?>

--EXPECT--
child: Apn\AmiClient\Exception\ForkedProcessException
parent: tick
child: thrown
child: Apn\AmiClient\Exception\ForkedProcessException
parent: tick
child: Apn\AmiClient\Exception\ForkedProcessException
parent: run
child: thrown
child: Apn\AmiClient\Exception\ForkedProcessException
parent: run
child: Apn\AmiClient\Exception\ForkedProcessException
parent: await
child: thrown
child: Apn\AmiClient\Exception\ForkedProcessException
parent: await
child: Apn\AmiClient\Exception\ForkedProcessException
parent: completed
