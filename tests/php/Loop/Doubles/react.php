<?php

declare(strict_types=1);

// The parts of react/event-loop that ReactLoop uses, because Debian does not have the package. Loaded only if the real one is missing.

require __DIR__ . '/React/TimerInterface.php';
require __DIR__ . '/React/LoopInterface.php';
require __DIR__ . '/React/StreamSelectLoop.php';
require __DIR__ . '/React/Loop.php';
