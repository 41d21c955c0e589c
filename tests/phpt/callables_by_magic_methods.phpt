--TEST--
Methods that exist by __call or __callStatic alone are callables, once and again
--EXTENSIONS--
ami_client
--FILE--
<?php
use Apn\AmiClient\{AmiEvent, GenericAction};
use Apn\AmiClient\Testing\FakeAsterisk;

final class Magic
{
    public function __call(string $method, array $arguments): void
    {
        echo "{$method} of an object: ", get_debug_type($arguments[0]), "\n";
    }

    public static function __callStatic(string $method, array $arguments): void
    {
        echo "{$method} of the class: ", get_debug_type($arguments[0]), "\n";
    }
}

$fake = new FakeAsterisk();
$ami = $fake->manager();
$ami->connectAll(wait: 5.0);
$listeners = [[new Magic(), 'listens'], 'Magic::listens', [Magic::class, 'hears'], (new Magic())->hears(...)];
foreach ($listeners as $listener) {
    $ami->onEvent('Hangup', $listener);
}
unset($listeners, $listener);
for ($time = 0; $time < 2; $time++) {
    $fake->emit('pbx1', 'Hangup');
    $ami->tick(0);
}
$ami->send(new GenericAction('Ping'))->onComplete([new Magic(), 'completes']);
$ami->tick(0);
$ami->tick(0);
foreach ($ami->metrics() as $family) {
    foreach ($family['values'] as ['labels' => $labels]) {
        if (isset($labels['listener'])) {
            $names[$labels['listener']] = true;
        }
    }
}
echo implode("\n", array_keys($names)), "\n";
?>
--EXPECT--
listens of an object: Apn\AmiClient\AmiEvent
listens of the class: Apn\AmiClient\AmiEvent
hears of the class: Apn\AmiClient\AmiEvent
hears of an object: Apn\AmiClient\AmiEvent
listens of an object: Apn\AmiClient\AmiEvent
listens of the class: Apn\AmiClient\AmiEvent
hears of the class: Apn\AmiClient\AmiEvent
hears of an object: Apn\AmiClient\AmiEvent
completes of an object: null
Magic::hears
Magic::listens
