<?php

// What SurfaceTest asks of a PHP without the extension: the stub, loaded as the PHP code that it is.

declare(strict_types=1);

require __DIR__ . '/Surface.php';

$known = [...get_declared_classes(), ...get_declared_interfaces()];
require $argv[1];
/** @var list<class-string> $declared */
$declared = array_values(array_diff([...get_declared_classes(), ...get_declared_interfaces()], $known));
echo serialize(Apn\AmiClient\Tests\Surface\Surface::of($declared));
