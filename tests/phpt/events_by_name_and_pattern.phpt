--TEST--
onEvent() takes names in any case, lists and patterns, and header conditions
--EXTENSIONS--
ami_client
--FILE--
<?php
require __DIR__ . '/fake.inc';

use Apn\AmiClient\{AmiClientManager, AmiEvent, Glob};

$fake = new Fake();
$ami = new AmiClientManager($fake->servers());
$ami->connectAll(wait: 20.0);
$seen = [];
$listen = function (string $label, string|array $names, array $where = []) use ($ami, &$seen): void {
    $ami->onEvent($names, function (AmiEvent $event) use ($label, &$seen): void {
        $seen[$label][] = $event['UserEvent'];
    }, $where);
};
$listen('any case', 'USEREVENT');
$listen('pattern', 'User*');
$listen('list', ['Hangup', 'userevent']);
$listen('other', ['Hangup', 'Queue*']);
$listen('exact', 'UserEvent', ['userevent' => 'One']);
$listen('not a pattern', 'UserEvent', ['UserEvent' => 'T*']);
$listen('glob', 'UserEvent', ['UserEvent' => new Glob('T*')]);
$listen('any of', 'UserEvent', ['UserEvent' => ['One', new Glob('*ree')]]);
$listen('all of', 'UserEvent', ['UserEvent' => new Glob('T*'), 'N' => 3]);
$listen('missing header', 'UserEvent', ['Nope' => new Glob('*')]);
foreach (['One' => 1, 'Two' => 2, 'Three' => 3] as $name => $n) {
    $ami->send(user_event($name, ['N' => $n]))->await();
}
$ami->run(until: function () use (&$seen): bool {
    return count($seen['any case'] ?? []) === 3;
});
foreach ($seen as $label => $names) {
    echo $label, ': ', implode(' ', $names), "\n";
}
foreach ([
    fn() => $ami->onEvent('', 'strlen'),
    fn() => $ami->onEvent([], 'strlen'),
    fn() => $ami->onEvent([1], 'strlen'),
    fn() => $ami->onEvent('X', 'no_such_function'),
    fn() => $ami->onEvent('X', 'strlen', ['A' => null]),
    fn() => $ami->onEvent('X', 'strlen', ['A']),
    fn() => $ami->onEvent('X', 'strlen', ['A' => []]),
    fn() => $ami->onEvent(new stdClass(), 'strlen'),
] as $wrong) {
    try {
        $wrong();
        echo "accepted\n";
    } catch (ValueError | TypeError $e) {
        echo $e::class, ': ', $e->getMessage(), "\n";
    }
}
?>

--EXPECT--
any case: One Two Three
pattern: One Two Three
list: One Two Three
exact: One
any of: One Three
glob: Two Three
all of: Three
ValueError: onEvent(): Argument #1 ($names) must be an event name, or a list of them, * allowed
ValueError: onEvent(): Argument #1 ($names) must be an event name, or a list of them, * allowed
ValueError: onEvent(): Argument #1 ($names) must be an event name, or a list of them, * allowed
TypeError: Apn\AmiClient\AmiClientManager::onEvent(): Argument #2 ($listener) must be a valid callback, function "no_such_function" not found or invalid function name
ValueError: onEvent(): Argument #3 ($where) has "A", must be header => text, Glob or a list of these
ValueError: onEvent(): Argument #3 ($where) has "0", must be header => text, Glob or a list of these
ValueError: onEvent(): Argument #3 ($where) has "A", must be header => text, Glob or a list of these
TypeError: Apn\AmiClient\AmiClientManager::onEvent(): Argument #1 ($names) must be of type array|string, stdClass given
