--TEST--
Weak mode converts arguments as PHP itself does
--EXTENSIONS--
ami_client
--FILE--
<?php
use Apn\AmiClient\{ClientOptions, GenericAction, ServerConfig};

set_error_handler(static function (int $level, string $message): bool {
    echo "$level: $message\n";
    return true;
});
var_dump((new ClientOptions(readTimeout: '40', maxPendingActions: 7.0))->readTimeout);
var_dump((new ServerConfig('a', 'h', '5039', 'u', 12345))->port);
var_dump((new GenericAction(42))->name, (new GenericAction('Ping'))->with('A', new class {
    public function __toString(): string
    {
        return 'text';
    }
})->parameters);
foreach ([
    fn() => new ClientOptions(readTimeout: 'soon'),
    fn() => new ClientOptions(maxPendingActions: 1.5),
    fn() => new ClientOptions(dropPolicy: 'oldest'),
    fn() => new ServerConfig('a', 'h', username: 'u', secret: 's', options: ['read_timeout' => 1]),
    fn() => new GenericAction('Ping', 'x'),
    fn() => new GenericAction(null),
    fn() => (new GenericAction('Ping'))->with('A', null),
    fn() => (new GenericAction('Ping'))->with('A', new stdClass()),
    fn() => new GenericAction('Ping', strategy: new stdClass()),
    fn() => new GenericAction(),
    fn() => new GenericAction('a', [], null, 1),
    fn() => new GenericAction(naem: 'a'),
] as $wrong) {
    try {
        echo $wrong()::class, "\n";
    } catch (Throwable $e) {
        echo $e::class, ': ', $e->getMessage(), "\n";
    }
}
?>

--EXPECT--
float(40)
int(5039)
string(2) "42"
array(1) {
  ["A"]=>
  string(4) "text"
}
TypeError: Apn\AmiClient\ClientOptions::__construct(): Argument #3 ($readTimeout) must be of type float, string given
8192: Implicit conversion from float 1.5 to int loses precision
Apn\AmiClient\ClientOptions
TypeError: Apn\AmiClient\ClientOptions::__construct(): Argument #16 ($dropPolicy) must be of type Apn\AmiClient\DropPolicy, string given
TypeError: Apn\AmiClient\ServerConfig::__construct(): Argument #6 ($options) must be of type ?Apn\AmiClient\ClientOptions, array given
TypeError: Apn\AmiClient\GenericAction::__construct(): Argument #2 ($parameters) must be of type array, string given
8192: Apn\AmiClient\GenericAction::__construct(): Passing null to parameter #1 ($name) of type string is deprecated
Apn\AmiClient\Exception\InvalidActionException: action `` is invalid: its name is empty
8192: Apn\AmiClient\GenericAction::with(): Passing null to parameter #2 ($value) of type array|string|int|float|bool is deprecated
Apn\AmiClient\GenericAction
TypeError: Apn\AmiClient\GenericAction::with(): Argument #2 ($value) must be of type array|string|int|float|bool, stdClass given
TypeError: Apn\AmiClient\GenericAction::__construct(): Argument #3 ($strategy) must be of type ?Apn\AmiClient\CompletionStrategy, stdClass given
ArgumentCountError: Apn\AmiClient\GenericAction::__construct() expects at least 1 argument, 0 given
ArgumentCountError: Apn\AmiClient\GenericAction::__construct() expects at most 3 arguments, 4 given
Error: Unknown named parameter $naem
