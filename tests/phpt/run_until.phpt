--TEST--
run(until) asks after every round, ends with true and nothing else, and passes exceptions on
--EXTENSIONS--
ami_client
--FILE--
<?php
require __DIR__ . '/fake.inc';

use Apn\AmiClient\AmiClientManager;

$ami = new AmiClientManager();
$asked = 0;
$ami->run(until: function () use (&$asked): mixed {
    return [0, 'yes', null, 1, true][$asked++];
});
var_dump($asked);
try {
    $ami->run(until: fn() => throw new DomainException('enough'));
} catch (DomainException $e) {
    echo $e->getMessage(), "\n";
}
$ami->stop();
$ami->run();
foreach ([fn() => $ami->run('nope'), fn() => $ami->connectAll('soon'), fn() => $ami->connectAll('0'), fn() => $ami->onEvent(listener: 'strlen'), fn() => new AmiClientManager('pbx1'), fn() => new AmiClientManager(['pbx1'])] as $call) {
    try {
        var_dump($call());
    } catch (Throwable $e) {
        echo $e::class, ': ', $e->getMessage(), "\n";
    }
}
?>

--EXPECT--
int(5)
enough
TypeError: Apn\AmiClient\AmiClientManager::run(): Argument #1 ($until) must be a valid callback or null, function "nope" not found or invalid function name
TypeError: Apn\AmiClient\AmiClientManager::connectAll(): Argument #1 ($wait) must be of type float, string given
array(0) {
}
ArgumentCountError: Apn\AmiClient\AmiClientManager::onEvent(): Argument #1 ($names) not passed
TypeError: Apn\AmiClient\AmiClientManager::__construct(): Argument #1 ($servers) must be of type Apn\AmiClient\ServerRegistry|array, string given
Apn\AmiClient\Exception\InvalidConfigurationException: servers[0] is string, must be a ServerConfig
