<?php

// Runs before a test that is checked for leaks. A release build of PHP does not free cycles at the end of a script, and all of
// them would be reported. These globals are the first, so they are destroyed last. Their destruction fills the buffer of the
// cycle collector, which then runs when nothing else is left.

declare(strict_types=1);

for ($collectCount = 0; $collectCount < 10_002; $collectCount++) {
    $collectHeld[] = $collectReleased[] = new stdClass();
}
