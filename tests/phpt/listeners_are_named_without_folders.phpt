--TEST--
Metrics and logs name listeners by class, function or line, never by a folder
--EXTENSIONS--
ami_client
--FILE--
<?php
namespace App;

use Apn\AmiClient\Testing\FakeAsterisk;

function listen(): void {}

final class Worker
{
    public function listen(): void {}

    public function closure(): \Closure
    {
        return function (): void {};
    }

    public static function nested(): \Closure
    {
        return (fn(): \Closure => function (): void {})();
    }
}

$anonymous = new class {
    public function listen(): void {}

    public function closure(): \Closure
    {
        return function (): void {};
    }
};
$ami = (new FakeAsterisk())->manager();
$ami->onEvent('X', 'strlen');
$ami->onEvent('X', 'App\listen');
$ami->onEvent('X', [new Worker(), 'listen']);
$ami->onEvent('X', (new Worker())->listen(...));
$ami->onEvent('X', (new Worker())->closure());
$ami->onEvent('X', Worker::nested());
$ami->onEvent('X', [$anonymous, 'listen']);
$ami->onEvent('X', $anonymous->closure());
$ami->onEvent('X', fn() => null);
$ami->onEvent('X', eval('return fn() => null;'));
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
App\Worker::listen
App\Worker::{closure:App\Worker::closure():14}
App\Worker::{closure:{closure:App\Worker::nested():19}:19}
App\listen
class@anonymous:listeners_are_named_without_folders.php:23$0::listen
class@anonymous:listeners_are_named_without_folders.php:23$0::{closure:class@anonymous:listeners_are_named_without_folders.php:23$0::closure():28}
strlen
{closure:listeners_are_named_without_folders.php(41) : eval()'d code:1}
{closure:listeners_are_named_without_folders.php:40}
