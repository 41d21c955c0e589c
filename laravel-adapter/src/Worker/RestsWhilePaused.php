<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Worker;

/** A duty that a paused worker leaves: it would take what it cannot finish. */
interface RestsWhilePaused extends Duty {}
