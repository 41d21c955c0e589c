<?php

declare(strict_types=1);

// What ReactLoop uses of react/event-loop, which Debian does not have. Loaded only where the real one is missing.

require __DIR__ . '/React/TimerInterface.php';
require __DIR__ . '/React/LoopInterface.php';
require __DIR__ . '/React/StreamSelectLoop.php';
require __DIR__ . '/React/Loop.php';
