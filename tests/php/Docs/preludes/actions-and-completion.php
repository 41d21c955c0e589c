<?php

// Beside what every page has, the list of a module that is not Asterisk's.

declare(strict_types=1);

require __DIR__ . '/connected.php';

/** @var \Apn\AmiClient\Testing\FakeAsterisk $fake */
$fake->respond('MyList', ['events' => [['Event' => 'MyItem'], ['Event' => 'MyItem'], ['Event' => 'MyListDone']]]);
