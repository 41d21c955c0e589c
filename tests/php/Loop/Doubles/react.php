<?php

declare(strict_types=1);

// What ReactLoop uses of react/event-loop and react/promise, for a machine that cannot have them. Loaded only where the real ones are missing.

require __DIR__ . '/React/TimerInterface.php';
require __DIR__ . '/React/LoopInterface.php';
require __DIR__ . '/React/StreamSelectLoop.php';
require __DIR__ . '/React/Loop.php';
require __DIR__ . '/React/PromiseInterface.php';
require __DIR__ . '/React/Promise.php';
