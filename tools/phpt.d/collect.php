<?php

// Comes before a test that is searched for leaks. At its end a release build of PHP frees no cycles, which would all
// be reported; a debug build does. These globals are the first, so the last to go: their going fills the buffer of the
// cycle collector, which then runs, when nothing else is left.

declare(strict_types=1);

for ($collectCount = 0; $collectCount < 10_002; $collectCount++) {
    $collectHeld[] = $collectReleased[] = new stdClass();
}
