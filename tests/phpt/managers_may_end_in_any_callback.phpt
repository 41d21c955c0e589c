--TEST--
A manager may be terminated, emptied, thrown out of and let go in any callback
--EXTENSIONS--
ami_client
--FILE--
<?php
require __DIR__ . '/callbacks.inc';

use Apn\AmiClient\Exception\ReentrantTickException;
use Apn\AmiClient\{AmiClientManager, GenericAction};

$ways = [
    'terminate' => function (AmiClientManager $ami): void {
        $ami->terminate(0.0);
    },
    'remove' => function (AmiClientManager $ami): void {
        foreach ($ami->serverKeys() as $key) {
            $ami->removeServer($key, 0.0);
        }
    },
    'close' => function (AmiClientManager $ami): void {
        $ami->server('pbx1')->close(0.0);
    },
    'send and await' => function (AmiClientManager $ami): void {
        try {
            $ami->send(new GenericAction('Status'), 'pbx2')->await(0.5);
        } catch (ReentrantTickException) {
        }
    },
    'listen' => function (AmiClientManager $ami): void {
        $ami->onEvent('*', fn() => null)->cancel();
        $ami->onStateChange(fn() => null);
        $ami->onListenerError(fn() => null);
    },
    'collect' => function (): void {
        gc_collect_cycles();
    },
    'let go' => function (): void {
        $GLOBALS['ami'] = $GLOBALS['fake'] = null;
        gc_collect_cycles();
    },
    'throw' => function (): void {
        throw new DomainException('thrown');
    },
];
foreach (callbacks() as $place => $callback) {
    foreach ($ways as $way => $act) {
        [$fake, $ami] = servers();
        $reached = false;
        $do = function () use ($act, &$reached): void {
            if (!$reached && isset($GLOBALS['ami'])) {
                $reached = true;
                $act($GLOBALS['ami']);
            }
        };
        try {
            // Nothing but the call holds them.
            (static function (Closure $do, Closure $callback): void {
                $callback($GLOBALS['fake'], $GLOBALS['ami'], $do);
            })($do, $callback);
        } catch (Exception | TypeError) {
            // What the callback made impossible, or threw: the point is that everything stands.
        }
        $GLOBALS['logger']->do = null;
        if (!$reached) {
            echo "$place: not reached\n";
        }
        if (isset($ami, $fake)) {
            $fake->respond('Ping', ['Response' => 'Success']);
            if ($ami->serverKeys() !== []) {
                $ami->terminate();
                $ami->connectAll(wait: 5.0);
                $ami->send(new GenericAction('Ping'), 'pbx2')->await()->success or print("$place: $way: broken\n");
            }
            $ami->tick();
        }
        $fake = $ami = null;
        gc_collect_cycles();
    }
}
echo count(callbacks()), ' places, ', count($ways), " ways\n";
?>
--EXPECT--
19 places, 8 ways
