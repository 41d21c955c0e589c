--TEST--
ClientOptions names the field, the value and the range of what cannot be
--EXTENSIONS--
ami_client
--FILE--
<?php
use Apn\AmiClient\ClientOptions;
use Apn\AmiClient\Exception\InvalidConfigurationException;

foreach ([
    ['connectTimeout' => -1.0],
    ['connectTimeout' => NAN],
    ['loginTimeout' => INF],
    ['readTimeout' => 0.0],
    ['heartbeatInterval' => 30.0],
    ['actionTimeout' => 1e9],
    ['reconnectMinDelay' => 5.0, 'reconnectMaxDelay' => 1.0],
    ['circuitFailureThreshold' => 0],
    ['circuitCooldown' => 0.0],
    ['circuitHalfOpenMaxProbes' => -5],
    ['writeBufferLimit' => 1],
    ['maxPendingActions' => 0],
    ['maxActionBytes' => 1],
    ['eventQueueCapacity' => 0],
    ['eventQueueBytes' => 1],
    ['protectedEvents' => ['Hangup', '']],
    ['protectedEvents' => ['a' => 'Hangup']],
    ['protectedEvents' => [5]],
    ['maxFrameSize' => 65535],
    ['maxBytesReadPerTick' => PHP_INT_MIN],
    ['maxFramesPerTick' => PHP_INT_MAX],
] as $wrong) {
    try {
        new ClientOptions(...$wrong);
        echo json_encode($wrong), " accepted\n";
    } catch (InvalidConfigurationException $e) {
        echo $e->getMessage(), "\n";
    }
}
$defaults = new ReflectionMethod(ClientOptions::class, '__construct');
foreach ($defaults->getParameters() as $parameter) {
    if ((new ClientOptions())->{$parameter->name} !== $parameter->getDefaultValue()) {
        echo $parameter->name, " differs from its default\n";
    }
}
?>

--EXPECT--
connectTimeout is -1 s, must be 0.05 s to 300 s
connectTimeout is NaN s, must be 0.05 s to 300 s
loginTimeout is inf s, must be 0.05 s to 300 s
readTimeout is 0 s, must be 0.1 s to 3600 s
heartbeatInterval is 30 s, must be less than readTimeout (30 s)
actionTimeout is 1000000000 s, must be 0.001 s to 3600 s
reconnectMaxDelay is 1 s, must be 5 s to 86400 s
circuitFailureThreshold is 0, must be 1 to 1000
circuitCooldown is 0 s, must be 0.001 s to 86400 s
circuitHalfOpenMaxProbes is -5, must be 1 to 100
writeBufferLimit is 1, must be 4096 to 1073741824
maxPendingActions is 0, must be 1 to 1000000
maxActionBytes is 1, must be 65536 to 1073741824
eventQueueCapacity is 0, must be 1 to 10000000
eventQueueBytes is 1, must be 65536 to 4294967296
protectedEvents is a list with an empty name, must be a list of names, * allowed
protectedEvents is an array of something else, must be a list of names, * allowed
protectedEvents is an array of something else, must be a list of names, * allowed
maxFrameSize is 65535, must be 65536 to 16777216
maxBytesReadPerTick is -9223372036854775808, must be 4096 to 1073741824
maxFramesPerTick is 9223372036854775807, must be 1 to 1000000
