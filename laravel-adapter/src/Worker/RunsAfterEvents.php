<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Worker;

/** A task that is due after every tick that did something, whatever it returned before. */
interface RunsAfterEvents extends Task {}
