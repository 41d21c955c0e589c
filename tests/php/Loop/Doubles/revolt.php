<?php

declare(strict_types=1);

// What RevoltLoop uses of revolt/event-loop, for a machine that cannot have it. Loaded only where the real one is missing.

require __DIR__ . '/Revolt/Suspension.php';
require __DIR__ . '/Revolt/EventLoop.php';
