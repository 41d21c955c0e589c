<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Worker;

/** A task that a paused worker does not run, because it would take work that the worker cannot finish. */
interface SkippedWhilePaused extends Task {}
