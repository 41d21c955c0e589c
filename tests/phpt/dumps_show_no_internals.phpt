--TEST--
Managers, clients and pending actions dump without secrets, and refuse clone, serialize and new properties
--EXTENSIONS--
ami_client
--FILE--
<?php
require __DIR__ . '/fake.inc';

use Apn\AmiClient\{AmiClientManager, GenericAction};

$fake = new Fake();
$ami = new AmiClientManager($fake->servers(secret: 's3cret'));
$ami->connectAll(wait: 20.0);
$objects = [$ami, $ami->server('pbx1'), $ami->send(new GenericAction('Ping')), $ami->onEvent('X', fn() => null), $ami->tick(), $ami->health()['pbx1']];
ob_start();
var_dump($objects);
print_r($objects);
var_export($objects[2]);
$dump = ob_get_clean();
var_dump(str_contains($dump, 's3cret'));
foreach ($objects as $object) {
    foreach ([fn() => clone $object, fn() => serialize($object), function () use ($object) { $object->other = 1; }] as $wrong) {
        try {
            $wrong();
            echo "accepted\n";
        } catch (Throwable $e) {
            echo $e->getMessage(), "\n";
        }
    }
}
?>

--EXPECT--
bool(false)
Trying to clone an uncloneable object of class Apn\AmiClient\AmiClientManager
Serialization of 'Apn\AmiClient\AmiClientManager' is not allowed
Cannot create dynamic property Apn\AmiClient\AmiClientManager::$other
Trying to clone an uncloneable object of class Apn\AmiClient\AmiClient
Serialization of 'Apn\AmiClient\AmiClient' is not allowed
Cannot create dynamic property Apn\AmiClient\AmiClient::$other
Trying to clone an uncloneable object of class Apn\AmiClient\PendingAction
Serialization of 'Apn\AmiClient\PendingAction' is not allowed
Cannot create dynamic property Apn\AmiClient\PendingAction::$other
Trying to clone an uncloneable object of class Apn\AmiClient\Subscription
Serialization of 'Apn\AmiClient\Subscription' is not allowed
Cannot create dynamic property Apn\AmiClient\Subscription::$other
Trying to clone an uncloneable object of class Apn\AmiClient\TickSummary
Serialization of 'Apn\AmiClient\TickSummary' is not allowed
Cannot create dynamic property Apn\AmiClient\TickSummary::$other
Trying to clone an uncloneable object of class Apn\AmiClient\ServerHealth
Serialization of 'Apn\AmiClient\ServerHealth' is not allowed
Cannot create dynamic property Apn\AmiClient\ServerHealth::$other
