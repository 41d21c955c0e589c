<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Worker;

/** A duty that is due after every tick that did something, whatever it said. */
interface FollowsEvents extends Duty {}
