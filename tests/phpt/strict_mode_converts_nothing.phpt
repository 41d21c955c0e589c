--TEST--
Strict mode takes no other type than the declared one, and int for float
--EXTENSIONS--
ami_client
--FILE--
<?php
declare(strict_types=1);

use Apn\AmiClient\{ClientOptions, GenericAction, ServerConfig};

var_dump((new ClientOptions(readTimeout: 40))->readTimeout);
foreach ([
    fn() => new ClientOptions(readTimeout: '40'),
    fn() => new ClientOptions(maxPendingActions: 7.0),
    fn() => new ServerConfig('a', 'h', '5039', 'u', 's'),
    fn() => new ServerConfig('a', 'h', 5039, 'u', 12345),
    fn() => new GenericAction(42),
    fn() => (new GenericAction('Ping'))->with('A', null),
] as $wrong) {
    try {
        $wrong();
        echo "accepted\n";
    } catch (TypeError $e) {
        echo $e->getMessage(), "\n";
    }
}
?>

--EXPECT--
float(40)
Apn\AmiClient\ClientOptions::__construct(): Argument #3 ($readTimeout) must be of type float, string given
Apn\AmiClient\ClientOptions::__construct(): Argument #12 ($maxPendingActions) must be of type int, float given
Apn\AmiClient\ServerConfig::__construct(): Argument #3 ($port) must be of type int, string given
Apn\AmiClient\ServerConfig::__construct(): Argument #5 ($secret) must be of type ?string, int given
Apn\AmiClient\GenericAction::__construct(): Argument #1 ($name) must be of type string, int given
Apn\AmiClient\GenericAction::with(): Argument #2 ($value) must be of type array|string|int|float|bool, null given
