--TEST--
After terminate() no thread and no descriptor is held, collected or not; a later open() makes them anew
--EXTENSIONS--
ami_client
--FILE--
<?php
require __DIR__ . '/guards.inc';

use Apn\AmiClient\{AmiClientManager, ConnectionState, GenericAction};

/** Descriptors of this process, without the one that counts them. */
function descriptors(): int
{
    return count(scandir('/proc/self/fd'));
}

gc_disable();
$fake = new Fake();
$before = descriptors();
$kinds = [
    'no listener' => fn(AmiClientManager $ami) => null,
    'a listener that knows its manager' => function (AmiClientManager $ami): void {
        $ami->onEvent('*', function () use ($ami): void {});
    },
    'a stream' => function (AmiClientManager $ami): void {
        $ami->onEvent('*', function () use ($ami): void {});
        is_resource($ami->getStream()) || exit('no stream');
    },
    'terminated by a listener' => function (AmiClientManager $ami): void {
        $once = true;
        $ami->onStateChange(function (string $key, ConnectionState $from, ConnectionState $to) use ($ami, &$once): void {
            if ($to === ConnectionState::Ready && $once) {
                $once = false;
                $ami->terminate();
            }
        });
        $ami->run(function () use (&$once): bool {
            return !$once;
        });
    },
];
$terminated = [];
foreach ($kinds as $kind => $prepare) {
    for ($n = 0; $n < 3; $n++) {
        $ami = $terminated[] = new AmiClientManager($fake->servers());
        $prepare($ami);
        if ($kind !== 'terminated by a listener') {
            $ami->connectAll(wait: 20.0);
            pings($ami);
        }
        $ami->terminate();
        // What may be called after it holds nothing either.
        $ami->tick();
        $ami->tick(1);
        $ami->health();
        $ami->terminate();
        unset($ami);
    }
    echo $kind, ': ', descriptors() - $before, ' descriptors, ', guards(), " guards\n";
}
foreach ($terminated as $ami) {
    $ami->connectAll(wait: 20.0);
}
echo 'opened again: ', guards(), ' guards, ', (int) array_all($terminated, pings(...)), "\n";
foreach ($terminated as $ami) {
    $ami->terminate();
}
echo 'terminated again: ', descriptors() - $before, ' descriptors, ', guards(), " guards\n";
?>

--EXPECT--
no listener: 0 descriptors, 0 guards
a listener that knows its manager: 0 descriptors, 0 guards
a stream: 0 descriptors, 0 guards
terminated by a listener: 0 descriptors, 0 guards
opened again: 12 guards, 1
terminated again: 0 descriptors, 0 guards
