--TEST--
Many forks while stall guards try for their clients: every child builds and uses a client of its own within its deadline
--EXTENSIONS--
ami_client
pcntl
--FILE--
<?php
require __DIR__ . '/guards.inc';

use Apn\AmiClient\{AmiEvent, ClientOptions, ClusterOptions};

// tools/valgrind, under which a child takes seconds, asks for fewer.
define('FORKS', (int) (getenv('AMI_FORKS') ?: 200));

// Two guards that step as soon as they may, on floods that never end, and an owner who asks all the time.
$fake = new Fake(1, '--flood', '20000', '--write-timeout-ms', '0');
$quiet = new Fake();
$managers = [];
for ($n = 0; $n < 2; $n++) {
    $managers[$n] = new Apn\AmiClient\AmiClientManager(
        $fake->servers(new ClientOptions(eventQueueCapacity: 100)),
        cluster: new ClusterOptions(stallGuardMs: 1),
    );
    $managers[$n]->onEvent('*', function (AmiEvent $event): void {});
    $managers[$n]->connectAll(wait: 20.0) === [] || exit('not ready');
}
array_map(stay_away(...), $managers);
for ($fork = 1; $fork <= FORKS; $fork++) {
    for ($asked = 0; $asked < 20; $asked++) {
        $managers[$asked % 2]->health();
    }
    // The deadline is in_child's alarm.
    $end = in_child(function () use ($quiet): int {
        [$own] = guarded($quiet, 1);
        $isWell = pings($own);
        $own->terminate(5.0);

        return $isWell && guards() === 0 ? 0 : 1;
    });
    $end === 'exit 0' || exit("child $fork: $end\n");
}
echo "every child was well\n";
?>

--EXPECT--
every child was well
