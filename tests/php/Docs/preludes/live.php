<?php

// What docs/live.md begins with: a manager of one server in memory, Ready, and people who use its phones.

declare(strict_types=1);

use Apn\AmiClient\Testing\FakeAsterisk;

require_once __DIR__ . '/../../../phpt/live.inc';

$fake = new FakeAsterisk();
$phones = new Phones($fake);
$fake->respond('Originate', ['Message' => 'Originate successfully queued']);
$ami = $fake->manager();
$ami->connectAll(wait: 5.0);
