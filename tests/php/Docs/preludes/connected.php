<?php

// What pages begin with that send and listen: a manager of two servers in memory, both Ready.

declare(strict_types=1);

use Apn\AmiClient\Testing\FakeAsterisk;

$fake = new FakeAsterisk(['pbx1', 'pbx2']);
$ami = $fake->manager();
$ami->connectAll(wait: 5.0);
