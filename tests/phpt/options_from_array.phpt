--TEST--
fromArray() takes snake_case names, numbers as text, and hints at the nearest name
--EXTENSIONS--
ami_client
--FILE--
<?php
use Apn\AmiClient\{ClientOptions, ClusterOptions, DropPolicy};
use Apn\AmiClient\Exception\InvalidConfigurationException;

$options = ClientOptions::fromArray([
    'connect_timeout' => '2.5',
    'max_pending_actions' => '10',
    'drop_policy' => DropPolicy::Newest,
    'protected_events' => ['Queue*'],
    'read_timeout' => null,
]);
var_dump($options->connectTimeout, $options->maxPendingActions, $options->dropPolicy->value, $options->readTimeout);
var_dump(ClusterOptions::fromArray(['stall_guard_ms' => 0, 'enforce_ip_endpoints' => '1'])->enforceIpEndpoints);

foreach ([
    [ClientOptions::class, ['max_pending_action' => 1]],
    [ClientOptions::class, ['MAX_PENDING_ACTIONS' => 1]],
    [ClientOptions::class, ['colour' => 1]],
    [ClientOptions::class, [1]],
    [ClientOptions::class, ['max_pending_actions' => 1.5]],
    [ClientOptions::class, ['drop_policy' => 'neither']],
    [ClientOptions::class, ['protected_events' => 'Hangup']],
    [ClusterOptions::class, ['stall_guard_ms' => -1]],
    [ClusterOptions::class, ['event_drop_log_interval_ms' => 3_600_001]],
    [ClusterOptions::class, ['stall_guard' => 25]],
    [ClusterOptions::class, ['enforce_ip_endpoints' => 'perhaps']],
    [ClusterOptions::class, ['redaction_keys' => [[]]]],
    [ClusterOptions::class, ['log_level' => 'notice']],
] as [$class, $array]) {
    try {
        $class::fromArray($array);
        echo json_encode($array), " accepted\n";
    } catch (InvalidConfigurationException $e) {
        echo strlen($e->getMessage()) > 200 ? substr($e->getMessage(), 0, 60) . '…' : $e->getMessage(), "\n";
    }
}
?>

--EXPECT--
float(2.5)
int(10)
string(6) "newest"
float(30)
bool(true)
unknown key "max_pending_action": did you mean "max_pending_actions"?
unknown key "MAX_PENDING_ACTIONS": did you mean "max_pending_actions"?
unknown key "colour": known are connect_timeout, login_timeo…
unknown key "0": known are connect_timeout, login_timeout, r…
max_pending_actions is a float, must be a whole number
drop_policy is "neither", must be oldest, newest
protected_events is a string, must be an array
stallGuardMs is -1 ms, must be 0 to 60000 ms
eventDropLogIntervalMs is 3600001 ms, must be 1 to 3600000 ms
unknown key "stall_guard": did you mean "stall_guard_ms"?
enforce_ip_endpoints is a string, must be true or false
redactionKeys is an array of something else, must be a list of names, * allowed
logLevel is "notice", must be debug, info, warning or error
