<?php

/**
 * How long a listener that comes back has to wait until the stall guard has let go of the client, in a flood.
 *
 * usage: tools/php benches/guard/handover.php
 */

declare(strict_types=1);

use Apn\AmiClient\AmiClientManager;
use Apn\AmiClient\ClusterOptions;

require dirname(__DIR__, 2) . '/tests/phpt/guards.inc';

const RATE = '40000';

const SAMPLES = 300;

const AWAY_SECONDS = 0.04;

foreach ([25, 0] as $stallGuardMs) {
    $fake = new Fake(1, '--flood', RATE, '--write-timeout-ms', '0');
    $ami = new AmiClientManager($fake->servers(), cluster: new ClusterOptions(stallGuardMs: $stallGuardMs));
    $ami->connectAll(wait: 10.0) === [] || exit('not ready');
    $waits = [];
    $isCalled = false;
    $ami->onEvent('*', static function () use ($ami, &$waits, &$isCalled): void {
        if ($isCalled) {
            return;
        }
        $isCalled = true;
        // PHP is busy with something else.
        $end = hrtime(true) + (int) (AWAY_SECONDS * 1e9);
        while (hrtime(true) < $end);
        $began = hrtime(true);
        $ami->health();
        $waits[] = (hrtime(true) - $began) / 1e3;
    });
    while (count($waits) < SAMPLES) {
        $isCalled = false;
        $ami->tick(100);
    }
    $fake->kill();
    sort($waits);
    printf(
        "guard %-3s  half of %d calls took up to %.0f us, 99 %% up to %.0f us, the longest %.0f us\n",
        $stallGuardMs > 0 ? 'on' : 'off',
        SAMPLES,
        $waits[intdiv(SAMPLES, 2)],
        $waits[intdiv(SAMPLES * 99, 100)],
        $waits[SAMPLES - 1],
    );
}
