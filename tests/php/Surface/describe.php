<?php

// Prints the surface of a stub for SurfaceTest. It runs in a PHP without the extension and loads the stub as PHP code.

declare(strict_types=1);

require __DIR__ . '/Surface.php';

$classes = static fn(): array => [...get_declared_classes(), ...get_declared_interfaces(), ...get_declared_traits()];
$functions = static fn(): array => get_defined_functions()['user'];
$before = [$classes(), $functions(), get_defined_constants()];
require $argv[1];
echo
    serialize(Apn\AmiClient\Tests\Surface\Surface::of(
        array_values(array_diff($classes(), $before[0])),
        array_values(array_diff($functions(), $before[1])),
        array_diff_key(get_defined_constants(), $before[2]),
    ))
;
