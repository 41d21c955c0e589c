--TEST--
A request that sends an action and ends makes no thread; whoever is told events has one from the first moment on
--EXTENSIONS--
ami_client
--FILE--
<?php
require __DIR__ . '/guards.inc';

use Apn\AmiClient\{AmiClientManager, ServerConfig};

$fake = new Fake();

function ask(?string $eventMask): AmiClientManager
{
    global $fake;
    $manager = new AmiClientManager([
        new ServerConfig('pbx1', '127.0.0.1', $fake->ports[0], 'admin', 's3cret', eventMask: $eventMask),
    ]);
    $manager->server('pbx1')->open(5.0);
    pings($manager) || exit('no answer');

    return $manager;
}

foreach (['off', 'auto', null, 'call,agent'] as $mask) {
    do {
        unset($manager);
        $began = hrtime(true);
        $manager = ask($mask);
        $guards = guards();
        // On a machine that takes a second for it, it is no short request.
    } while (hrtime(true) - $began > 900_000_000);
    echo json_encode($mask), ": {$guards}\n";
    unset($manager);
}

$manager = ask('auto');
$manager->onEvent('Hangup', static function (): void {});
echo 'auto with a listener: ', guards(), "\n";
unset($manager);

$manager = ask('off');
while (guards() === 0) {
    $manager->tick(50);
}
echo "off, but it goes on living\n";
?>
--EXPECT--
"off": 0
"auto": 0
null: 1
"call,agent": 1
auto with a listener: 1
off, but it goes on living
