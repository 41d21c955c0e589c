--TEST--
A process forks beside 1, 4 and 32 stall guards: whatever the child does, it ends by itself and the parent goes on
--EXTENSIONS--
ami_client
pcntl
--FILE--
<?php
require __DIR__ . '/guards.inc';

use Apn\AmiClient\Exception\ForkedProcessException;

$fake = new Fake();
foreach ([1, 4, 32] as $count) {
    $managers = guarded($fake, $count);
    echo guards(), " guards\n";
    $ticks = function () use ($managers): int {
        foreach ($managers as $manager) {
            try {
                $manager->tick();

                return 1;
            } catch (ForkedProcessException) {
            }
        }

        return 0;
    };
    $builds = function () use ($fake, $count): int {
        // As many of its own, beside those that it may not touch.
        $own = guarded($fake, $count);
        $isWell = guards() === $count && array_all($own, pings(...));
        array_pop($own);

        return $isWell && guards() === $count - 1 ? 0 : 1;
    };
    $children = [
        'exits' => fn(): int => guards(),
        'ticks' => $ticks,
        'lets go of them' => function () use (&$managers): int {
            $managers = [];
            gc_collect_cycles();

            return 0;
        },
        'builds its own' => $builds,
        'forks again' => fn(): int => (int) (in_child($ticks) !== 'exit 0' || in_child($builds) !== 'exit 0'),
    ];
    foreach ($children as $what => $body) {
        for ($round = 0; $round < 3; $round++) {
            $end = in_child($body);
            $end === 'exit 0' || exit("child that $what: $end\n");
        }
        array_all($managers, pings(...)) || exit("parent of the child that $what: no pong\n");
        echo "$what\n";
    }
    unset($managers, $manager, $ticks, $builds, $children, $body);
    echo guards(), " guards left\n";
}
?>

--EXPECT--
1 guards
exits
ticks
lets go of them
builds its own
forks again
0 guards left
4 guards
exits
ticks
lets go of them
builds its own
forks again
0 guards left
32 guards
exits
ticks
lets go of them
builds its own
forks again
0 guards left
